/** What went wrong, as fields a program can read beside the sentence a person reads. */
export interface ErrorDetails {
  /** A stable identifier of the fault; a diagnosis code where the doctor knows the fault by name. */
  readonly code?: string;
  /** What was given. */
  readonly received?: unknown;
  /** What would have been accepted. */
  readonly expected?: unknown;
  readonly cause?: unknown;
}

/** Most letters of a value in a message. */
const MOST_LETTERS = 99;

/** Any value as a short text for a message: text in quotes, and a name for what has no text, such as a circle. */
export function told(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {}
  text ??= typeof value;
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

/** The root of everything gateflow throws on purpose. The message says what came, what was expected, what to do. */
export class GateflowError extends Error {
  readonly code: string | undefined;
  readonly received: unknown;
  readonly expected: unknown;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.received = details.received;
    this.expected = details.expected;
  }
}

/** A tensor, label or weight whose shape does not fit. */
export class ShapeError extends GateflowError {}
/** Values that cannot be used: ragged rows, NaN or Infinity, text where a number should be, too few rows. */
export class DataError extends GateflowError {}
/** A call in the wrong order: transform before fit, predict on a model without an input shape, use after dispose. */
export class StateError extends GateflowError {}
/** A file or byte stream that is not what it claims to be. */
export class FormatError extends GateflowError {}
/** An option that is unknown, out of range, or in conflict with another. */
export class ConfigError extends GateflowError {}
/** The WebAssembly engine could not be loaded, ran out of memory, or stopped. */
export class EngineError extends GateflowError {}
