import { repair } from "../../src/doctor/repair.js";
import { healthy } from "./healthy.js";
import { repairCase, repairCodes } from "./repairs.js";
import { ask, type Outcome } from "./run-case.js";
import { mulberry32, type Part } from "./series.js";
import { faults } from "./sick.js";

/** Wilson's interval for a share, 95 %. */
function wilson(hits: number, of: number): string {
  if (of === 0) return "–";
  const z = 1.96;
  const p = hits / of;
  const center = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return `${p.toFixed(3)} [${Math.max(0, center - half).toFixed(2)}, ${Math.min(1, center + half).toFixed(2)}] of ${of}`;
}

const flags = process.argv.slice(2);
const isQuick = flags.includes("--quick");
const optionOf = (name: string): string | undefined =>
  flags.find((flag) => flag.startsWith(`--${name}=`))?.split("=")[1];
const parts: readonly Part[] =
  optionOf("part") === "report"
    ? ["report"]
    : optionOf("part") === "develop" || isQuick
      ? ["develop"]
      : ["develop", "report"];
const only = optionOf("code");
const onlyKind = optionOf("kind");
const perCode = Number(optionOf("n") ?? (isQuick ? 2 : 6));
const perKind = Number(optionOf("h") ?? (isQuick ? 2 : 10));
/** Seeds of the two parts never meet. */
const offset: Readonly<Record<Part, number>> = { develop: 1000, report: 900_000 };
const isLoud = flags.includes("--verbose");

const hash = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);

for (const part of flags.includes("--repairs-only") ? [] : parts) {
  const began = performance.now();
  let [sick, caught, first, well, alarms] = [0, 0, 0, 0, 0];
  const took: number[] = [];
  console.log(`\n${part === "develop" ? "Development part" : "Report-only part"}\n`);
  for (const [code, fault] of Object.entries(faults)) {
    if (onlyKind !== undefined || (only !== undefined && only !== code)) continue;
    let [own, ownFirst] = [0, 0];
    const missed: string[] = [];
    for (let i = 0; i < perCode; i++) {
      const uniform = mulberry32(offset[part] + 97 * hash(code) + i);
      const outcome: Outcome = await ask(fault(uniform, part, i % 2 === 1).sick);
      took.push(outcome.milliseconds);
      if (outcome.codes.length > 0) own++;
      if (outcome.codes[0] === code) ownFirst++;
      else missed.push(`${i}:${outcome.codes.join("+") || "nothing"}`);
      if (isLoud) console.log(code, i, outcome.codes, JSON.stringify(outcome.diagnoses[0]?.evidence));
    }
    sick += perCode;
    caught += own;
    first += ownFirst;
    console.log(
      `${code.padEnd(36)} detected ${own}/${perCode}, right code first ${ownFirst}/${perCode} ${missed.join(" ")}`,
    );
  }
  let [twins, twinAlarms] = [0, 0];
  for (const [code, fault] of Object.entries(faults)) {
    if (onlyKind !== undefined || (only !== undefined && only !== code)) continue;
    const false_: string[] = [];
    for (let i = 0; i < Math.ceil(perCode / 2); i++) {
      const { twin } = fault(mulberry32(offset[part] + 97 * hash(code) + i), part, i % 2 === 1);
      const outcome = await ask(twin);
      twins++;
      if (outcome.codes.length === 0) continue;
      twinAlarms++;
      false_.push(
        `${i}:${outcome.codes.join("+")} ${isLoud ? JSON.stringify(outcome.diagnoses[0]?.evidence) : ""}`,
      );
    }
    if (false_.length > 0) console.log(`twin of ${code.padEnd(28)} ${false_.join(" ")}`);
  }
  for (const [kind, plan] of Object.entries(healthy)) {
    if (only !== undefined || (onlyKind !== undefined && onlyKind !== kind)) continue;
    const false_: string[] = [];
    for (let i = 0; i < perKind; i++) {
      const uniform = mulberry32(offset[part] + 89 * hash(kind) + 31 * i);
      const outcome = await ask(plan(uniform, part, i % 2 === 1));
      took.push(outcome.milliseconds);
      well++;
      if (outcome.codes.length > 0) {
        alarms++;
        false_.push(
          `${i}:${outcome.codes.join("+")} ${isLoud ? JSON.stringify(outcome.diagnoses[0]?.evidence) : ""}`,
        );
      }
    }
    console.log(
      `healthy ${kind.padEnd(28)} silent ${perKind - false_.length}/${perKind} ${false_.join(" ")}`,
    );
  }
  console.log(`false alarms on the sick models' healthy twins ${wilson(twinAlarms, twins)}`);
  took.sort((a, b) => a - b);
  console.log(
    `\nrecall ${wilson(caught, sick)} · right code first ${wilson(first, sick)} · false alarms ${wilson(alarms, well)}`,
  );
  console.log(
    `a case with its training: median ${took[Math.floor(took.length / 2)]?.toFixed(0)} ms, longest ${took.at(-1)?.toFixed(0)} ms; all ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
}

for (const part of flags.includes("--no-repairs") ? [] : parts) {
  let [cases, repaired, beat] = [0, 0, 0];
  console.log(`\nRepairs, ${part === "develop" ? "development part" : "report-only part"}\n`);
  for (const code of repairCodes) {
    if (only !== undefined && only !== code) continue;
    const rows: string[] = [];
    for (let i = 0; i < (isQuick ? 1 : 3); i++) {
      const { series, sick, twin } = repairCase(code, offset[part] + 83 * hash(code) + i, part);
      const whole = { ...twin, series: { ...twin.series, impute: "linear" as const } };
      const { before: healthyError } = await repair(whole, {
        series,
        budget: 1,
        seed: i,
        withControl: false,
      });
      const { before, after, control } = await repair(sick, { series, budget: 10, seed: i });
      cases++;
      if (after <= 1.1 * healthyError) repaired++;
      if (after <= control) beat++;
      rows.push(
        `${before.toPrecision(3)} → ${after.toPrecision(3)} (twin ${healthyError.toPrecision(3)}, control ${control.toPrecision(3)})`,
      );
    }
    console.log(`${code.padEnd(36)} ${rows.join("; ")}`);
  }
  console.log(
    `\nrepaired to within 10 % of the twin ${wilson(repaired, cases)} · not worse than random search ${wilson(beat, cases)}`,
  );
}
