import {
  ConfigError,
  DataError,
  EngineError,
  FormatError,
  GateflowError,
  ShapeError,
  StateError,
} from "../errors.js";

const CLASSES = { ShapeError, DataError, StateError, FormatError, ConfigError, EngineError, GateflowError };
type Name = keyof typeof CLASSES;

/** An error as plain data, which may travel where a class may not. */
export interface Failure {
  readonly name: Name;
  readonly message: string;
  readonly code?: string;
}

// The class itself is asked: a bundler may have given it another name.
const nameOf = (error: GateflowError): Name =>
  (Object.keys(CLASSES) as Name[]).find((name) => error instanceof CLASSES[name])!;

export function failureOf(error: unknown): Failure {
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof GateflowError)) return { name: "GateflowError", message };
  return { name: nameOf(error), message, ...(error.code === undefined ? {} : { code: error.code }) };
}

/** The error again, of its own class. */
export const errorOf = ({ name, message, code }: Failure): GateflowError =>
  new CLASSES[name](message, code === undefined ? {} : { code });

/** A failure as one text, for queues that keep nothing else of an error: `DataError (missing_values): …`. */
export const failureText = ({ name, message, code }: Failure): string =>
  `${name}${code === undefined ? "" : ` (${code})`}: ${message}`;

/** What {@link failureText} wrote; any other text is the message. */
export function readFailure(text: string): Failure {
  const [, name, code, message] = /^(\w+Error)(?: \((\w+)\))?: (.*)$/s.exec(text) ?? [];
  if (name === undefined || !Object.hasOwn(CLASSES, name)) return { name: "GateflowError", message: text };
  return { name: name as Name, message: message!, ...(code === undefined ? {} : { code }) };
}
