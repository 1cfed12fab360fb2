import { parseArgs } from "node:util";
import { diagnoseFaults } from "./diagnose-faults.js";
import { hasTablesBeside } from "./public-series.js";
import { remedyShare } from "./remedy-share.js";
import { repairFaults } from "./repair-faults.js";
import type { Part } from "./series.js";

const { values: flags } = parseArgs({
  options: {
    /** Fewer cases, of the development part: minutes become one or two. */
    quick: { type: "boolean", default: false },
    /** `develop`, `report` or `both`. */
    part: { type: "string" },
    /** One fault alone, or one kind of healthy model. */
    code: { type: "string" },
    kind: { type: "string" },
    /** Cases a code, and of each healthy kind. */
    n: { type: "string" },
    h: { type: "string" },
    /** Prints every finding with its evidence. */
    verbose: { type: "boolean", default: false },
    /** What the first remedy alone is worth, and nothing else. */
    remedies: { type: "boolean", default: false },
    "repairs-only": { type: "boolean", default: false },
    "no-repairs": { type: "boolean", default: false },
    "no-steps": { type: "boolean", default: false },
  },
});

const part = flags.part ?? (flags.quick ? "develop" : "both");
if (!["develop", "report", "both"].includes(part))
  throw new Error(`--part=${part}: expected develop, report or both`);
const parts: readonly Part[] = part === "both" ? ["develop", "report"] : [part as Part];
if (!hasTablesBeside)
  console.log("../shared/data is not there: public series are those of examples/data alone.");

for (const own of parts) {
  if (flags.remedies) {
    await remedyShare(own, Number(flags.n ?? 5), flags.code);
    continue;
  }
  if (!flags["repairs-only"])
    await diagnoseFaults({
      part: own,
      perCode: Number(flags.n ?? (flags.quick ? 1 : 6)),
      perKind: Number(flags.h ?? (flags.quick ? 2 : 10)),
      code: flags.code,
      kind: flags.kind,
      isLoud: flags.verbose,
      withSteps: !flags["no-steps"],
    });
  if (!flags["no-repairs"] && flags.kind === undefined)
    await repairFaults({
      part: own,
      perCode: flags.quick ? 1 : 3,
      budget: flags.quick ? 4 : 10,
      code: flags.code,
    });
}
