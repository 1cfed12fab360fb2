import { parseArgs } from "node:util";
import { diagnose, GateflowError } from "../../../src/index.js";
import { admit, type Plan } from "../patient.js";
import { ofClasses } from "./asked-of-classes.js";
import { ofNumbers } from "./asked-of-numbers.js";
import { ofTraining } from "./asked-of-training.js";
import { keptAside } from "./kept-aside.js";
import { metInForums } from "./met-in-forums.js";
import { metInForumsAside } from "./met-in-forums-aside.js";
import { metLater } from "./met-later.js";
import { metLaterAside } from "./met-later-aside.js";

/**
 * Asks the doctor about questions of people. Of those of numbers and classes every other one, and all of `kept-aside.ts`, were
 * not looked at while the rules were changed: `--part=aside`. `--since` asks only those that were added later, `--last` those
 * that were added after them, `--forums` those that were added last.
 */
const { values: flags } = parseArgs({
  options: {
    part: { type: "string", default: "both" },
    only: { type: "string" },
    since: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    forums: { type: "boolean", default: false },
  },
});
const first = Object.entries({ ...ofNumbers, ...ofClasses });
const last = [
  ...Object.entries(metLater).map(([name, make]) => ({ name, make, isAside: false })),
  ...Object.entries(metLaterAside).map(([name, make]) => ({ name, make, isAside: true })),
];
const forums = [
  ...Object.entries(metInForums).map(([name, make]) => ({ name, make, isAside: false })),
  ...Object.entries(metInForumsAside).map(([name, make]) => ({ name, make, isAside: true })),
];
const all =
  flags.last || flags.forums
    ? [...(flags.last ? last : []), ...(flags.forums ? forums : [])]
    : [
        ...(flags.since ? [] : first.map(([name, make], i) => ({ name, make, isAside: i % 2 === 1 }))),
        ...Object.entries(ofTraining).map(([name, make]) => ({ name, make, isAside: false })),
        ...Object.entries(keptAside).map(([name, make]) => ({ name, make, isAside: true })),
        ...last,
        ...forums,
      ];
const chosen = all.filter(
  ({ name, isAside }) =>
    (flags.only === undefined || name === flags.only) &&
    (flags.part === "both" || (flags.part === "aside") === isAside),
);

/** Milliseconds this process has computed: a clock would count what else the machine does. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function codesOf(plan: Plan): Promise<{ codes: string[]; train: number; look: number }> {
  const began = cpuTime();
  let model: Awaited<ReturnType<typeof admit>>["model"] | undefined;
  let history: Awaited<ReturnType<typeof admit>>["history"];
  let refused: string | undefined;
  try {
    ({ model, history } = await admit(plan));
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    refused = error.code ?? `refused: ${error.message}`;
    // A person asks about the model that was refused.
    ({ model } = await admit({ ...plan, isTrained: false }).catch(() => ({ model: undefined })));
    if (model === undefined) return { codes: [refused], train: 0, look: 0 };
  }
  const trained = cpuTime();
  try {
    const found = await diagnose(model!, {
      x: plan.x,
      y: plan.y,
      ...(plan.validation === undefined ? {} : { validationData: plan.validation }),
      ...(history === undefined ? {} : { history }),
      fit: {
        batchSize: plan.batchSize,
        shuffle: plan.shuffle,
        ...(plan.classWeight === undefined ? {} : { classWeight: plan.classWeight }),
      } as { batchSize: number },
    });
    return {
      codes: found.map(({ code }) => code),
      train: trained - began,
      look: cpuTime() - trained,
    };
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return {
      codes: [`thrown: ${error.code ?? error.message.slice(0, 60)}`],
      train: trained - began,
      look: 0,
    };
  } finally {
    model!.dispose();
  }
}

let [detected, rightFirst, anywhere, beside, cured, alarms, slow, trained, looked] = [
  0, 0, 0, 0, 0, 0, 0, 0, 0,
];
for (const { name, make } of chosen) {
  const { codes, sick, cured: well } = make();
  const { codes: found, train, look } = await codesOf(sick);
  if (found.length > 0 && !found[0]!.startsWith("thrown")) detected++;
  if (codes.includes(found[0] ?? "")) rightFirst++;
  if (codes.some((code) => found.includes(code))) anywhere++;
  beside += found.filter((code) => !codes.includes(code)).length;
  [trained, looked] = [trained + train, looked + look];
  if (look > train) slow++;
  const after = well === undefined ? undefined : await codesOf(well);
  if (after !== undefined) {
    cured++;
    [trained, looked] = [trained + after.train, looked + after.look];
    if (after.look > after.train) slow++;
  }
  if (after !== undefined && after.codes.length > 0) alarms++;
  const sign = codes.includes(found[0] ?? "") ? " " : "!";
  console.log(
    `${sign} ${name}: ${found.join("+") || "nothing"} (expected ${codes.join(" or ")}; ${train.toFixed(0)} ms, looked ${look.toFixed(0)} ms)${after === undefined ? "" : `; cured: ${after.codes.join("+") || "nothing"} (${after.train.toFixed(0)}, ${after.look.toFixed(0)} ms)`}`,
  );
}
console.log(
  `\n${chosen.length} questions: detected ${detected}, right first ${rightFirst}, right anywhere ${anywhere}, alarms beside ${beside}; ${cured} cured: ${alarms} false alarms; looks took ${(looked / trained).toFixed(2)} of the time of the trainings together, more than its own in ${slow} of ${chosen.length + cured}`,
);
