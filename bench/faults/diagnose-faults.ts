import { dataFaults } from "./data-faults.js";
import { updatesUntilNamed } from "./detection.js";
import { healthy as healthyModels } from "./healthy.js";
import { healthyWorld } from "./healthy-world.js";
import type { Plan } from "./patient.js";
import { ask, isWell, type Outcome } from "./run-case.js";
import { mulberry32, type Part, type Uniform } from "./series.js";
import { faults } from "./sick.js";
import { fraction, medianOf, share, table } from "./tally.js";
import { windowFaults } from "./window-faults.js";

const healthy = { ...healthyModels, ...healthyWorld };

export interface DiagnoseRun {
  readonly part: Part;
  readonly perCode: number;
  readonly perKind: number;
  readonly code: string | undefined;
  readonly kind: string | undefined;
  readonly isLoud: boolean;
  /** Whether the updates until each fault is named are counted. */
  readonly withSteps: boolean;
}

/** Seeds of the two parts never meet. */
const offset: Readonly<Record<Part, number>> = { develop: 1000, report: 5_300_000 };

const hash = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);

/** The draw of a case: the same numbers whenever, and for sick and healthy model alike. */
export const drawOf = (part: Part, name: string, i: number): Uniform =>
  mulberry32(offset[part] + 97 * hash(name) + i);

/** Draws of a kind until one is well; a model that is not, is no healthy one. */
const MOST_DRAWS = 10;

async function drawHealthy(part: Part, name: string, i: number): Promise<{ plan: Plan; refused: number }> {
  for (let refused = 0; refused < MOST_DRAWS; refused++) {
    const plan = healthy[name]!(drawOf(part, name, 31 * i + 1000 * refused), part, i % 2 === 1);
    if (await isWell(plan)) return { plan, refused };
  }
  throw new Error(`${name} ${i}: ${MOST_DRAWS} draws did worse than a constant answer`);
}

/** Faults that stand in what goes in: they are to be named before the first update. */
const inTheData: ReadonlySet<string> = new Set([
  ...Object.keys(dataFaults),
  ...Object.keys(windowFaults),
  "nan_in_loss",
]);

const told = ({ codes, diagnoses }: Outcome, isLoud: boolean): string =>
  `${codes.join("+") || "nothing"}${isLoud ? ` ${JSON.stringify(diagnoses[0]?.evidence)}` : ""}`;

interface Sums {
  cases: number;
  caught: number;
  named: number;
  first: number;
  twins: number;
  twinAlarms: number;
  early: number;
  dueEarly: number;
  readonly took: number[];
}

async function sickOf(name: string, run: DiagnoseRun, sums: Sums): Promise<string[]> {
  const { part, perCode, isLoud, withSteps } = run;
  const make = faults[name]!;
  let [caught, first, twins, alarms] = [0, 0, 0, 0];
  const steps: (number | null)[] = [];
  for (let i = 0; i < perCode; i++) {
    const { sick, twin } = make(drawOf(part, name, i), part, i % 2 === 1);
    const outcome = await ask(sick);
    sums.took.push(outcome.milliseconds);
    if (outcome.codes.length > 0) caught++;
    if (outcome.codes.includes(name)) sums.named++;
    if (outcome.codes[0] === name) first++;
    if (outcome.codes[0] !== name || isLoud) console.log(`${name} ${i}: ${told(outcome, isLoud)}`);
    if (withSteps) steps.push(await updatesUntilNamed(sick, name));
    // Trained and untrained ones by turns, half as many as sick ones.
    if (i % 4 > 1) continue;
    if (!(await isWell(twin))) continue;
    const well = await ask(twin);
    twins++;
    if (well.codes.length === 0) continue;
    alarms++;
    console.log(`twin of ${name} ${i}: ${told(well, isLoud)}`);
  }
  sums.cases += perCode;
  sums.caught += caught;
  sums.first += first;
  sums.twins += twins;
  sums.twinAlarms += alarms;
  const known = steps.filter((count) => count !== null);
  if (withSteps && inTheData.has(name)) {
    sums.dueEarly += steps.length;
    sums.early += known.filter((count) => count <= 1).length;
  }
  const never = steps.length - known.length;
  return [
    name,
    fraction(caught, perCode),
    fraction(first, perCode),
    `${alarms}/${twins}`,
    withSteps && known.length > 0 ? String(medianOf(known)) : "–",
    withSteps && known.length > 0
      ? `${Math.max(...known)}${never > 0 ? `, ${never} never` : ""}`
      : never > 0
        ? "never"
        : "–",
  ];
}

async function healthyOf(
  name: string,
  { part, perKind, isLoud }: DiagnoseRun,
  took: number[],
): Promise<{ alarms: number; redrawn: number }> {
  let [alarms, redrawn] = [0, 0];
  for (let i = 0; i < perKind; i++) {
    const { plan, refused } = await drawHealthy(part, name, i);
    redrawn += refused;
    const outcome = await ask(plan);
    took.push(outcome.milliseconds);
    if (outcome.codes.length === 0) continue;
    alarms++;
    console.log(`healthy ${name} ${i}: ${told(outcome, isLoud)}`);
  }
  return { alarms, redrawn };
}

/** Asks the doctor about every sick and healthy case of a part, and prints what came of it. */
export async function diagnoseFaults(run: DiagnoseRun): Promise<void> {
  const { part, code, kind, perKind } = run;
  console.log(`\n## ${part === "develop" ? "Development part" : "Report part"}\n`);
  const began = performance.now();
  const sums: Sums = {
    cases: 0,
    caught: 0,
    named: 0,
    first: 0,
    twins: 0,
    twinAlarms: 0,
    early: 0,
    dueEarly: 0,
    took: [],
  };
  const rows: string[][] = [];
  for (const name of Object.keys(faults))
    if (kind === undefined && (code === undefined || code === name)) rows.push(await sickOf(name, run, sums));
  const kinds = Object.keys(healthy).filter(
    (name) => code === undefined && (kind === undefined || kind === name),
  );
  const silent: string[][] = [];
  let alarms = 0;
  for (const name of kinds) {
    const own = await healthyOf(name, run, sums.took);
    alarms += own.alarms;
    silent.push([name, `${own.alarms}/${perKind}`, String(own.redrawn)]);
  }
  if (rows.length > 0)
    console.log(
      `\n${table(["code", "detected", "right code first", "false alarms on twins", "updates until named, median", "worst"], rows)}`,
    );
  if (silent.length > 0) console.log(`\n${table(["healthy", "false alarms", "drawn anew"], silent)}`);
  const well = kinds.length * perKind;
  console.log(`
recall                             ${share(sums.caught, sums.cases)}
right code first                   ${share(sums.first, sums.cases)}
right code named                   ${share(sums.named, sums.cases)}
false alarms, healthy models       ${share(alarms, well)}
false alarms, healthy twins        ${share(sums.twinAlarms, sums.twins)}
data, shape, NaN by update one     ${share(sums.early, sums.dueEarly)}
a case with its training           median ${medianOf(sums.took).toFixed(0)} ms, longest ${Math.max(...sums.took).toFixed(0)} ms
all                                ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
