import { FormatError, GateflowError } from "../errors.js";
import { fromSafetensors, toSafetensors } from "../formats/safetensors.js";
import { readSafetensors } from "../formats/safetensors-file.js";
import { scalerFromJSON } from "../series/prepare/scaler-from-json.js";
import { type CarrierJSON, carrierFromJSON } from "./chain/carriers.js";
import type { Chain } from "./chain/chain.js";
import type { Context } from "./chain/context.js";
import type { Head } from "./chain/head.js";
import { SeriesCursor, type TrackJSON } from "./chain/series-cursor.js";
import type { Calibration } from "./choose/calibration.js";
import { Choices } from "./choose/explanation.js";
import type { Fit } from "./fit.js";
import { checkForecaster, checkTogether } from "./stored/check-forecaster.js";
import type { Choice, ForecasterOptions } from "./types.js";

/** The key in the file's metadata. */
const KEY = "forecaster";
const VERSION = 2;

/** All of a fitted forecaster but its network. */
export interface Fitted {
  readonly fit: Fit;
  readonly context: Context;
  readonly rows: number;
  /** Of these rows, those at the beginning that were left aside: the chain's row 0 is the next one. */
  readonly skipped: number;
  readonly fingerprint: string;
}

/** JSON has no NaN: gaps are null. */
interface Stored {
  readonly version: number;
  readonly options: ForecasterOptions;
  readonly chain: Omit<Chain, "carrier" | "base" | "scaler"> & {
    readonly carrier: CarrierJSON;
    /** null: the carrier. */
    readonly base: CarrierJSON | null;
    readonly scaler: unknown;
  };
  readonly head: Head;
  readonly calibrations: readonly Calibration[];
  readonly choices: readonly Choice[];
  readonly summary: string;
  readonly rows: number;
  readonly skipped: number;
  readonly fingerprint: string;
  readonly cursor: TrackJSON;
  readonly tail: { readonly from: number; readonly columns: readonly (readonly (number | null)[])[] };
}

/** Safetensors of the network with everything else as JSON in the metadata, numbers to the bit. */
export function writeForecaster(
  options: ForecasterOptions,
  { fit, context, rows, skipped, fingerprint }: Fitted,
): Uint8Array {
  const { chain, head, calibrations, choices, network } = fit;
  const stored: Stored = {
    version: VERSION,
    options,
    chain: {
      ...chain,
      carrier: chain.carrier.toJSON(),
      base: chain.base === chain.carrier ? null : chain.base.toJSON(),
      scaler: chain.scaler.toJSON(),
    },
    head,
    calibrations,
    choices: choices.list,
    summary: choices.summary,
    rows,
    skipped,
    fingerprint,
    cursor: context.cursor.toJSON(),
    tail: {
      from: context.from,
      columns: context.raw.columns.map((values) =>
        Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
      ),
    },
  };
  return toSafetensors(network, { metadata: { [KEY]: JSON.stringify(stored) } });
}

/** @throws FormatError for other bytes. */
export function readForecaster(bytes: Uint8Array): { options: ForecasterOptions; fitted: Fitted } {
  const where = "loadForecaster()";
  const text = readSafetensors(bytes).metadata[KEY];
  if (text === undefined) {
    throw new FormatError(
      `${where}: the file holds no forecaster, only tensors. If they are a model's, use fromSafetensors().`,
    );
  }
  try {
    const found: unknown = JSON.parse(text);
    const stored = found as Stored;
    if (stored?.version !== VERSION) {
      throw new FormatError(
        `${where}: the forecaster is of version ${String(stored?.version)}, this gateflow reads ${VERSION}. Use the gateflow that wrote it, or a newer one.`,
        { received: stored?.version, expected: VERSION },
      );
    }
    checkForecaster(found);
    const carrier = carrierFromJSON(stored.chain.carrier);
    const chain: Chain = {
      ...stored.chain,
      carrier,
      base: stored.chain.base === null ? carrier : carrierFromJSON(stored.chain.base),
      scaler: scalerFromJSON(stored.chain.scaler),
    };
    const columns = stored.tail.columns.map((values) =>
      Float64Array.from(values, (value) => value ?? Number.NaN),
    );
    const network = fromSafetensors(bytes);
    checkTogether({ ...stored, chain, network });
    const fit: Fit = {
      chain,
      head: stored.head,
      network,
      history: undefined,
      calibrations: stored.calibrations,
      choices: new Choices(stored.choices, stored.summary),
    };
    const raw = { names: chain.names, target: chain.target, columns, rows: columns[0]!.length };
    const context: Context = {
      cursor: SeriesCursor.fromJSON(chain, stored.cursor),
      raw,
      from: stored.tail.from,
    };
    // A carrier that looks farther back than the file goes has no path.
    if (context.cursor.path(1)?.every(Number.isFinite) !== true)
      throw new FormatError("its carrier has no forecast");
    return {
      options: stored.options,
      fitted: {
        fit,
        context,
        rows: stored.rows,
        skipped: stored.skipped,
        fingerprint: stored.fingerprint,
      },
    };
  } catch (cause) {
    if (cause instanceof FormatError && cause.message.startsWith(where)) throw cause;
    const why = cause instanceof GateflowError || cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`${where}: the forecaster's description is damaged: ${why}`, { cause });
  }
}
