/**
 * Reads mutated files, and says which of them are not refused as they should be: an error of another kind than gateflow's,
 * or one that takes too long. Each file is a number: `--reader onnx --from 17 --count 1` reads one again.
 *
 *     npm run fuzz -- --count 100000
 */
import { parseArgs } from "node:util";
import { faultOf, fuzzedReaders } from "./readers.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    reader: { type: "string" },
  },
});
const [count, from] = [Number(values.count), Number(values.from)];
const readers = (await fuzzedReaders()).filter(
  ({ name }) => values.reader === undefined || name === values.reader,
);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(from) || readers.length === 0) {
  console.error("--count and --from are whole numbers; --reader is one of the readers.");
  process.exit(1);
}
let faults = 0;
const begin = performance.now();
for (let i = 0; i < count; i++) {
  const reader = readers[i % readers.length]!;
  const seed = from + Math.floor(i / readers.length);
  const fault = await faultOf(reader, seed);
  if (fault !== undefined) {
    faults += 1;
    console.log(`${reader.name} ${seed}: ${fault}`);
  }
  if ((i + 1) % 10_000 === 0) console.error(`${i + 1} files, ${faults} faults`);
}
console.log(`${count} files, ${faults} faults, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(faults === 0 ? 0 : 1);
