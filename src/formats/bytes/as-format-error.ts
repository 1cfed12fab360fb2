import { EngineError, FormatError, GateflowError } from "../../errors.js";

/** A layer's refusal, or a value of a kind no schema foresaw, is a file's fault while a file is read. */
function translate(where: string, cause: unknown): unknown {
  if (cause instanceof FormatError || cause instanceof EngineError) return cause;
  if (cause instanceof GateflowError) {
    return new FormatError(`${where}: ${cause.message}`, {
      cause,
      received: cause.received,
      expected: cause.expected,
    });
  }
  if (cause instanceof TypeError || cause instanceof RangeError) {
    return new FormatError(`${where}: ${cause.message}. The file is damaged.`, { cause });
  }
  return cause;
}

/** What `build` makes of a file. @throws FormatError beginning with `where` for whatever the file's content makes it throw. */
export function asFormatError<Result>(where: string, build: () => Result): Result {
  try {
    return build();
  } catch (cause) {
    throw translate(where, cause);
  }
}

/** The same of what takes time. */
export async function asFormatErrorLater<Result>(
  where: string,
  build: () => Promise<Result>,
): Promise<Result> {
  try {
    return await build();
  } catch (cause) {
    throw translate(where, cause);
  }
}
