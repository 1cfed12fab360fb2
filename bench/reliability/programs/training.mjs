// Trains with a backup an epoch; says from where it goes on, what is backed up, and a hash of the weights it ends with.
import { createHash } from "node:crypto";
import { dense, lstm, sequential, toSafetensors } from "../../../dist/index.js";
import { backupAndRestore } from "../../../dist/node/index.js";

const { path, seed } = JSON.parse(process.argv[2]);
const model = sequential([lstm({ units: 8, inputShape: [6, 1], dropout: 0.2 }), dense({ units: 1 })], {
  seed,
});
model.compile({ optimizer: "adam", loss: "mse" });
const x = Array.from({ length: 64 }, (_, n) => Array.from({ length: 6 }, (_, t) => [Math.sin((n + t) / 3)]));
const y = x.map((steps) => [steps[5][0]]);
let isFirst = true;
process.on("uncaughtException", (error) => {
  console.log(`failed ${error.name}: ${error.message.replaceAll("\n", " ")}`);
  process.exit(1);
});
console.log("begin");
await model.fit(x, y, {
  epochs: 60,
  batchSize: 16,
  callbacks: [
    backupAndRestore({ path }),
    {
      onEpochBegin(epoch) {
        if (isFirst) console.log(`from ${epoch}`);
        else console.log(`saved ${epoch}`);
        isFirst = false;
      },
    },
  ],
});
console.log(createHash("sha256").update(toSafetensors(model)).digest("hex"));
