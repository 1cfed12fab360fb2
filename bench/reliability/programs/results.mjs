// Writes folders of results as the command line does, one after the other; the first line of each file names its run.
import { writeTogether } from "../../../dist/cli/files/output.js";

const { out, run } = JSON.parse(process.argv[2]);
console.log("begin");
for (let i = 0; i < 12; i++) {
  const first = `${run}.${i}`;
  const file = `${first}\n${"x".repeat(20_000)}\n`;
  await writeTogether(out, { "model.txt": file, "forecast.csv": file, "report.html": file });
  console.log(`saved ${first}`);
}
