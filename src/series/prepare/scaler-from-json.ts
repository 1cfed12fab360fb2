import { FormatError, told } from "../../errors.js";
import type { KnnImputeOptions } from "./knn-impute.js";
import { knnImputer } from "./knn-imputer.js";
import { type MinMaxScalerOptions, minMaxMethod } from "./min-max-scaler.js";
import { type PowerTransformOptions, powerMethod } from "./power-transform.js";
import { type RobustScalerOptions, robustMethod } from "./robust-scaler.js";
import { type ColumnParameters, createScaler, type Scaler, type ScalerMethod } from "./scaler.js";
import { type StandardScalerOptions, standardMethod } from "./standard-scaler.js";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function restore<Parameters extends ColumnParameters>(
  method: ScalerMethod<Parameters>,
  columns: readonly unknown[],
): Scaler {
  columns.forEach((column, f) => {
    for (const name of method.parameters) {
      const value = isRecord(column) ? column[name] : undefined;
      if (typeof value === "number" && Number.isFinite(value)) continue;
      throw new FormatError(
        `scalerFromJSON(): \`${name}\` of column ${f} is ${told(value)}, expected a finite number.`,
        {
          received: column,
          expected: method.parameters,
        },
      );
    }
  });
  return createScaler(method, columns as readonly Parameters[]);
}

function restoreImputer(options: KnnImputeOptions, rows: unknown): Scaler {
  if (Array.isArray(rows) && rows.length > 0 && rows.every(Array.isArray))
    return knnImputer(options).fit(rows);
  throw new FormatError(
    `scalerFromJSON(): \`rows\` is ${told(rows)}, expected the rows a knnImputer was fitted on.`,
    {
      received: rows,
    },
  );
}

/**
 * A fitted scaler from what its `toJSON` gave (or from that JSON parsed again).
 * @throws FormatError when `json` is no such thing.
 *
 * @example
 * const scaler = scalerFromJSON(standardScaler().fit([1, 2, 3]).toJSON());
 */
export function scalerFromJSON(json: unknown): Scaler {
  if (
    !isRecord(json) ||
    !isRecord(json.options) ||
    !Array.isArray(json.columns) ||
    json.columns.length === 0
  ) {
    throw new FormatError(
      "scalerFromJSON(): expected the object a fitted scaler's toJSON() gives, { kind, options, columns }. Parse text with JSON.parse first.",
      { received: json },
    );
  }
  const { kind, options, columns } = json;
  if (kind === "standardScaler") return restore(standardMethod(options as StandardScalerOptions), columns);
  if (kind === "minMaxScaler") return restore(minMaxMethod(options as MinMaxScalerOptions), columns);
  if (kind === "robustScaler") return restore(robustMethod(options as RobustScalerOptions), columns);
  if (kind === "powerTransform") return restore(powerMethod(options as PowerTransformOptions), columns);
  if (kind === "knnImputer") return restoreImputer(options, json.rows);
  throw new FormatError(
    `scalerFromJSON(): the kind is ${told(kind)}, expected standardScaler, minMaxScaler, robustScaler, powerTransform or knnImputer.`,
    {
      received: kind,
    },
  );
}
