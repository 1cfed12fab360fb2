import { describe, expect, it } from "vitest";
import type { Finding, Rule } from "../../../src/doctor/diagnosis.js";
import { runRules, runSlowRules } from "../../../src/doctor/run-rules.js";
import { Unaffordable } from "../../../src/doctor/trials/experiments.js";

const finding: Finding = { title: "found", evidence: { measured: 1, bound: 0 }, why: "…", remedy: "…" };
const finds = (code: Rule<null>["code"]): Rule<null> => ({ code, look: () => finding });
const isTooDear = (code: Rule<null>["code"]): Rule<null> => ({
  code,
  look: () => Promise.reject(new Unaffordable()),
});

describe("rules whose trials are too dear", () => {
  it("are named by what the others found, and not by what the data alone showed", async () => {
    const before = runRules([finds("class_imbalance")], null);
    const found = await runSlowRules(
      [isTooDear("learning_rate_too_high"), finds("dropout_too_high"), isTooDear("overfitting")],
      null,
      before,
    );
    expect(found.map(({ code, evidence }) => [code, evidence.notTried])).toEqual([
      ["class_imbalance", undefined],
      ["dropout_too_high", "learning_rate_too_high, overfitting"],
    ]);
  });

  it("are not named where they can speak without a trial, and nothing is where all were asked", async () => {
    const speaks: Rule<null> = { ...isTooDear("learning_rate_too_high"), lookAnyway: () => finding };
    const found = await runSlowRules([speaks, finds("dropout_too_high")], null);
    expect(found.map(({ evidence }) => evidence)).toEqual([finding.evidence, finding.evidence]);
  });
});
