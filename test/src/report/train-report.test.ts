import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dailyRows, gateflow, scratch } from "../cli/capture.js";

const { folder, file } = scratch();

it("gateflow train writes how the gradient of its own training flowed into the report", async () => {
  const daily = file("daily.csv", `day,sales\n${dailyRows(160)}`);
  const small = ["--units", "4", "--epochs", "3", "--window", "8", "--model", "lstm", "--horizon", "7"];
  const { code, out } = await gateflow(["train", daily, "--target", "sales", "--out", folder, ...small]);
  expect(code).toBe(0);
  const html = readFileSync(join(folder, "report.html"), "utf8");
  const section = /<section id="gradient-flow">[\s\S]*?<\/section>/.exec(html)![0];
  expect(section).toMatch(/Memory horizon: (the whole window of 8 steps|\d of the 8 steps of the window)/);
  expect(section).toContain("lstm/recurrent_kernel");
  expect(section).toMatch(
    /<td>lstm<\/td><td>[^<]+steps<\/td><td>[^<]+<\/td><td>[\d.]+ steps<\/td><td>0 of 4<\/td>/,
  );
  expect(out).toMatch(/\nHow the gradient flows\n[\s\S]*‖dL\/dh‖ by time step, 0 to 7 .*\n {4}lstm ▏.{8}▕\n/);
  expect(section).not.toMatch(/NaN|Infinity|undefined|…/);
});
