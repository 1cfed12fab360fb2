/**
 * Writes the made-up files of examples/data: a panel of four shops, a small trained model, and samples for it.
 *
 *     npx tsx examples/made-up.ts
 */
import { mkdir, writeFile } from "node:fs/promises";
import { adam, createRandom, dense, lstm, sequential, slidingWindows, toKeras, writeNpy } from "gateflow";

const folder = process.argv[2] ?? "examples/data";
await mkdir(folder, { recursive: true });

// Four shops, 90 days each: a level of the shop's own, a week, and chance.
const random = createRandom(1);
const week = [1, 0.9, 0.9, 1, 1.2, 1.6, 1.4];
const day = (index: number): string => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);
const rows = ["Oslo", "Bergen", "Turku", "Malmö"].flatMap((store, i) =>
  Array.from({ length: 90 }, (_, index) => {
    const sales = (40 + 25 * i) * (week[index % 7]! + 0.1 * random.normal());
    return `${store},${day(index)},${sales.toFixed(1)}`;
  }),
);
await writeFile(`${folder}/stores.csv`, `store,date,sales\n${rows.join("\n")}\n`);

// Two waves; twelve values are read, the next one is learnt.
const series = Array.from({ length: 212 }, (_, t) => Math.sin(t / 4) + 0.5 * Math.sin(t / 3));
const { x, y } = slidingWindows(series, { window: 12 });
const model = sequential([lstm({ units: 8, inputShape: [12, 1] }), dense({ units: 1 })], { seed: 1 });
model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" });
await model.fit(x, y, { epochs: 20 });
await writeFile(`${folder}/wave.keras`, await toKeras(model));
await writeFile(`${folder}/wave-x.npy`, writeNpy(x));
await writeFile(`${folder}/wave-y.npy`, writeNpy(y));
