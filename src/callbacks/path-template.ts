import { ConfigError } from "../errors.js";
import { nearest } from "../options.js";

/** `{name}` or `{name:spec}`, spec a part of Python's: `02d`, `.4f`, `.3e`, `8.2f`. */
const FIELD = /\{(\w+)(?::([^{}]*))?\}/g;
const SPEC = /^(0?)(\d{0,2})(?:\.(\d{1,2}))?([dfe]?)$/;

/** Filled at the left to the width, as Python does; zeros go behind the sign. */
function padded(text: string, width: number, zeros: boolean): string {
  if (!zeros) return text.padStart(width);
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function format(where: string, field: string, spec: string): (value: number) => string {
  const parts = SPEC.exec(spec);
  const [, zero = "", width = "", precision, kind = ""] = parts ?? [];
  const sound = parts !== null && (precision === undefined || kind === "f" || kind === "e");
  if (!sound) {
    throw new ConfigError(
      `${where}: \`${field}\` in the path: the format "${spec}" is not known. Known: 02d, .4f, .3e and the like.`,
      { received: spec },
    );
  }
  const digits = Number(precision ?? 6);
  return (value) => {
    const text =
      kind === "f"
        ? value.toFixed(digits)
        : kind === "e"
          ? value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2")
          : kind === "d"
            ? String(Math.trunc(value))
            : String(value);
    return padded(text, Number(width), zero === "0");
  };
}

/**
 * Reads a path such as `model-{epoch:02d}-{val_loss:.4f}.safetensors`; the result fills it with values.
 * @throws ConfigError at once for a bad format; when filled, for a name that is not among the values.
 */
export function pathTemplate(
  where: string,
  template: string,
): (values: Readonly<Record<string, number>>) => string {
  const formats = [...template.matchAll(FIELD)].map(([field, , spec = ""]) => format(where, field, spec));
  return (values) => {
    let next = 0;
    return template.replaceAll(FIELD, (field, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      // A callback may put anything into the logs, and a text could lead to another folder.
      if (typeof value !== "number") {
        const names = Object.keys(values);
        const near = nearest(name, names);
        throw new ConfigError(
          `${where}: \`${field}\` in the path names no number of the logs. They hold: ${names.join(", ")}.${near === undefined ? "" : ` Did you mean \`${near}\`?`}`,
          { received: name, expected: names },
        );
      }
      return formats[next++]!(value);
    });
  };
}
