import { applyRemedy } from "../commands.ts";
import { readable } from "../draw/numbers.ts";
import type { Finding } from "../protocol.ts";
import { findings, recipe, refusal } from "../state.ts";

/** Both looks as one list: what only the untrained model showed is worth a hint where the training went well. */
export function together(): readonly Finding[] {
  const { before, during } = findings.value;
  const after = findings.value.after ?? during;
  if (after === null) return before;
  const codes = new Set(after.map(({ code }) => code));
  const early = before
    .filter(({ code }) => !codes.has(code))
    .map((finding) => (after.length === 0 ? { ...finding, severity: "hint" as const } : finding));
  return [...after, ...early];
}

const words = { error: "keeps it from learning", warning: "costs a lot", hint: "worth a look" } as const;

const evidenceOf = ({ evidence }: Finding): string =>
  Object.entries(evidence)
    .slice(0, 4)
    .map(
      ([name, value]) =>
        `${name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}: ${typeof value === "number" ? readable(value, 4) : value}`,
    )
    .join(" · ");

function stateText(count: number): string {
  const { isLooking, during, after } = findings.value;
  if (isLooking) return "The doctor is looking …";
  if (refusal.value !== null) return "";
  if (after !== null) return count > 0 ? "Seen in this training:" : "Healthy: nothing found.";
  if (during !== null)
    return count > 0
      ? "Seen while it trains; the doctor looks again:"
      : "Nothing found so far; the doctor looks again while it trains.";
  if (count > 0) return "Seen before any training:";
  return "Nothing speaks against training. The doctor looks again while it trains, and when it is done.";
}

/** What the doctor says, and what to do about it. */
export function Findings() {
  const list = together();
  return (
    <section class="findings" aria-label="Doctor" tabIndex={-1}>
      <h2>Doctor</h2>
      {refusal.value !== null && <p class="refusal">{refusal.value.message}</p>}
      <p class="findings-state">{stateText(list.length)}</p>
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets WebKit no longer takes it for a list */}
      <ul aria-label="Findings" role="list" aria-busy={findings.value.isLooking}>
        {list.map((finding) => (
          <li key={finding.code} class={finding.severity}>
            <p class="finding-head">
              <strong>{finding.title}</strong> <code>{finding.code}</code>{" "}
              <span class="severity">{words[finding.severity]}</span>
            </p>
            <p class="why">{finding.why}</p>
            {evidenceOf(finding) !== "" && <p class="evidence">{evidenceOf(finding)}</p>}
            <p class="evidence">
              Costs: {finding.cost} Expect: {finding.expect}
            </p>
            <p class="remedy">
              {finding.remedy}{" "}
              <button
                type="button"
                disabled={finding.remedied === null}
                title={
                  finding.remedied === null
                    ? "No machine can make this change"
                    : "Changes the recipe and trains it"
                }
                onClick={() => applyRemedy(finding)}
              >
                Apply remedy
              </button>
            </p>
          </li>
        ))}
      </ul>
      {recipe.value.case?.endsWith("cured") === true && list.length === 0 && !findings.value.isLooking && (
        <p class="findings-state">This is the healthy twin of a case of the clinic.</p>
      )}
    </section>
  );
}
