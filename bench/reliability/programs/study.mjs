// Searches with a file; says which trials begin and end, and a hash of all it has found.
import { createHash } from "node:crypto";
import { inProcess, int, tune, uniform } from "../../../dist/index.js";

const { path, seed } = JSON.parse(process.argv[2]);
process.on("uncaughtException", (error) => {
  console.log(`failed ${error.name}: ${error.message.replaceAll("\n", " ")}`);
  process.exit(1);
});
console.log("start");
const study = await tune(
  async ({ a, n }, trial) => {
    for (let step = 1; step <= 3; step++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await trial.report((a - 0.3) ** 2 + n / step, step);
    }
    return (a - 0.3) ** 2 + n;
  },
  {
    space: { a: uniform(0, 1), n: int(1, 9) },
    trials: 120,
    seed,
    storage: path,
    runner: inProcess({ workers: 2 }),
    callbacks: [
      {
        onTrialBegin: ({ number }) => console.log(`begin ${number}`),
        onTrialEnd: ({ number }) => console.log(`end ${number}`),
      },
    ],
  },
);
const told = study.trials.map(({ seconds: _, ...trial }) => trial);
console.log(createHash("sha256").update(JSON.stringify(told)).digest("hex"));
