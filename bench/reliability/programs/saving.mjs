// Saves models to one path, each with all weights its number; says which are saved.
import { dense, lstm, sequential } from "../../../dist/index.js";
import { saveModel } from "../../../dist/node/index.js";

const { path, from, seed } = JSON.parse(process.argv[2]);
process.on("uncaughtException", (error) => {
  console.log(`failed ${error.name}: ${error.message.replaceAll("\n", " ")}`);
  process.exit(1);
});
console.log("begin");
for (let number = from; number < from + 300; number++) {
  // Larger and smaller ones in turn.
  const model = sequential(
    [lstm({ units: 16 + ((7 * number) % 48), inputShape: [4, 2] }), dense({ units: 1 })],
    { seed },
  );
  const weights = model.getWeights();
  model.setWeights(
    weights.map(({ shape, data }) => ({ shape, data: new Float32Array(data.length).fill(number) })),
  );
  await saveModel(model, path);
  model.dispose();
  console.log(`saved ${number}`);
}
