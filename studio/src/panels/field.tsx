import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | "any";
  readonly help: string;
  readonly whole?: boolean;
  readonly onValue: (value: number) => void;
}

/** A number with its name; what is out of range stays in the field, marked, and changes nothing. */
export function NumberField({
  label,
  value,
  min,
  max,
  step = 1,
  help,
  whole = true,
  onValue,
}: NumberFieldProps) {
  const id = useId();
  const take = (input: HTMLInputElement): void => {
    const next = input.valueAsNumber;
    const isFine = Number.isFinite(next) && next >= min && next <= max && (!whole || Number.isInteger(next));
    input.setAttribute("aria-invalid", String(!isFine));
    if (isFine && next !== value) onValue(next);
  };
  return (
    <div class="field" title={help}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        value={value}
        min={min}
        max={max}
        step={step}
        onInput={(event) => take(event.currentTarget)}
        onBlur={(event) => {
          // What cannot be is put back to what is.
          if (event.currentTarget.getAttribute("aria-invalid") === "true") {
            event.currentTarget.value = String(value);
            event.currentTarget.setAttribute("aria-invalid", "false");
          }
        }}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly help: string;
  readonly children: ComponentChildren;
  readonly onValue: (value: string) => void;
}

/** One of several. */
export function Choice({ label, value, help, children, onValue }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field" title={help}>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {children}
      </select>
    </div>
  );
}
