import { type Code, causes, isExplained } from "./causes.js";
import type { Diagnosis, Finding, Rule } from "./diagnosis.js";
import { prospects } from "./prospects.js";
import { Unaffordable } from "./trials/experiments.js";

const isTold = <Case>({ code, isLast }: Rule<Case>, found: readonly Diagnosis[]): boolean =>
  (isLast === true && found.length > 0) || isExplained(code, found);

/** A finding under its rule's name. Numbers that are none are words: JSON would make null of them. */
function diagnosisOf<Case>({ code }: Rule<Case>, finding: Finding): Diagnosis {
  const evidence = Object.fromEntries(
    Object.entries(finding.evidence).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ]),
  );
  return { code, severity: causes[code].severity, ...finding, evidence, ...prospects[code] };
}

/** Asks rules that answer at once, in their order. @returns what was there and what is new. */
export function runRules<Case>(
  rules: readonly Rule<Case>[],
  at: Case,
  before: readonly Diagnosis[] = [],
): Diagnosis[] {
  const found = [...before];
  for (const rule of rules) {
    const finding = isTold(rule, found) ? (rule.lookAnyway?.(at) ?? null) : rule.look(at);
    if (finding === null || finding instanceof Promise) continue;
    found.push(diagnosisOf(rule, finding));
  }
  return found;
}

/** What a rule says; nothing where its trials would take longer than the training that is judged: then that is told. */
async function affordable<Case>(
  rule: Rule<Case>,
  at: Case,
  onTooDear: (code: Code) => void,
): Promise<Finding | null> {
  try {
    return await rule.look(at);
  } catch (error) {
    if (!(error instanceof Unaffordable)) throw error;
    const finding = rule.lookAnyway?.(at) ?? null;
    if (finding === null) onTooDear(rule.code);
    return finding;
  }
}

/**
 * Asks rules that may have to run the model, one after the other. What they find says, as `notTried`, which others could not be
 * asked because their trials would have taken longer than the training.
 */
export async function runSlowRules<Case>(
  rules: readonly Rule<Case>[],
  at: Case,
  before: readonly Diagnosis[] = [],
  beforeEach: (code: Code, index: number) => void = () => undefined,
): Promise<Diagnosis[]> {
  const found = [...before];
  const tooDear: Code[] = [];
  for (const [index, rule] of rules.entries()) {
    beforeEach(rule.code, index);
    const finding = isTold(rule, found)
      ? (rule.lookAnyway?.(at) ?? null)
      : await affordable(rule, at, (code) => tooDear.push(code));
    if (finding !== null) found.push(diagnosisOf(rule, finding));
  }
  if (tooDear.length === 0) return found;
  const notTried = tooDear.join(", ");
  return found.map((diagnosis) =>
    before.includes(diagnosis) ? diagnosis : { ...diagnosis, evidence: { ...diagnosis.evidence, notTried } },
  );
}
