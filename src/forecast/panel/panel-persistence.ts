import { readSafetensors, writeSafetensors } from "../../formats/safetensors-file.js";
import type { RidgeAutoregression } from "../../series/baselines/ridge-autoregression.js";
import { type CarrierJSON, carrierFromJSON } from "../chain/carriers.js";
import type { Calibration } from "../choose/calibration.js";
import { Choices } from "../choose/explanation.js";
import { checkPanel } from "../stored/check-panel.js";
import { checkState } from "../stored/check-state.js";
import type { Choice, ForecasterOptions } from "../types.js";
import type { ErrorScale } from "./error-scale.js";
import type { PanelFit } from "./fit-panel.js";
import type { KnownEffects } from "./known-effects.js";
import type { Clock } from "./open-panel.js";
import { createPanelNetwork, type PanelPlan } from "./panel-network.js";
import type { PanelProfile } from "./panel-profile.js";
import { type PanelSeries, reachOf } from "./panel-series.js";
import type { Statistic } from "./smoothed-parts.js";
import { transformFrom } from "./transform.js";

/** The key in the file's metadata. */
export const PANEL_KEY = "forecaster-panel";
const VERSION = 3;

interface StoredSeries {
  readonly id: string;
  readonly rows: number;
  readonly fingerprint: string;
  readonly log: boolean;
  readonly scale: number;
  readonly isNonNegative: boolean;
  readonly y: readonly number[];
  readonly others: readonly (readonly number[])[];
  readonly otherScales: PanelSeries["otherScales"];
  readonly statics: readonly number[];
  readonly clock: Clock | null;
  readonly path: RidgeAutoregression | null;
  readonly carriers: readonly RidgeAutoregression[];
  readonly smoothed: readonly {
    readonly carrier: CarrierJSON;
    readonly origin: number;
    readonly state: readonly (readonly number[])[];
    readonly rows: number;
  }[];
  readonly level: number;
  readonly change: number;
  readonly errors: PanelSeries["errors"];
  readonly effects: readonly number[];
}

interface Stored {
  readonly version: number;
  readonly options: ForecasterOptions;
  readonly profile: PanelProfile;
  readonly plan: PanelPlan;
  readonly weight: number;
  readonly statistic: Statistic;
  readonly calibration: Calibration;
  readonly errorScale: ErrorScale;
  readonly choices: readonly Choice[];
  readonly summary: string;
  readonly isArray: boolean;
  readonly known: Pick<KnownEffects, "places" | "names" | "pooled"> | null;
  readonly log: boolean | null;
  readonly networks: number;
  readonly series: readonly StoredSeries[];
}

/** Safetensors of all members, everything else as JSON in the metadata; of each series the rows a forecast looks back at. */
export function writePanel(options: ForecasterOptions, fit: PanelFit): Uint8Array {
  const { profile, plan, weight, statistic, calibration, errorScale } = fit;
  const { choices, isArray, log, networks, known } = fit;
  const stored: Stored = {
    version: VERSION,
    options,
    profile,
    plan,
    weight,
    statistic,
    calibration,
    errorScale,
    choices: choices.list,
    summary: choices.summary,
    isArray,
    known: known === null ? null : { places: known.places, names: known.names, pooled: known.pooled },
    log: log ?? null,
    networks: networks.length,
    series: fit.series.map((own) => {
      const { id, rows, fingerprint, transform, otherScales, statics, clock, path, carriers, level, change } =
        own;
      const from = Math.max(0, own.y.length - reachOf(profile, own));
      return {
        id,
        rows,
        fingerprint,
        log: transform.log,
        scale: transform.scale,
        isNonNegative: transform.isNonNegative,
        y: Array.from(own.y.subarray(from)),
        others: own.others.map((values) => Array.from(values.subarray(from))),
        otherScales,
        statics,
        clock,
        path,
        carriers,
        smoothed: own.smoothed.map(({ carrier, origin, state, rows: seen }) => ({
          carrier: carrier.toJSON(),
          origin,
          state: state.map((part) => Array.from(part)),
          rows: seen,
        })),
        level,
        change,
        errors: own.errors,
        effects: own.effects,
      };
    }),
  };
  const tensors = networks.flatMap((network, member) =>
    network.getWeights().map((tensor) => ({ ...tensor, name: `member ${member}/${tensor.name}` })),
  );
  return writeSafetensors({ tensors, metadata: { [PANEL_KEY]: JSON.stringify(stored) } });
}

/** What `writePanel` wrote; null where the file holds no panel. @throws Error for a damaged description. */
export function readPanel(bytes: Uint8Array): { options: ForecasterOptions; fit: PanelFit } | null {
  const { metadata, tensors } = readSafetensors(bytes);
  const text = metadata[PANEL_KEY];
  if (text === undefined) return null;
  const found: unknown = JSON.parse(text);
  const stored = found as Stored;
  if (stored?.version !== VERSION) {
    throw new Error(`the panel is of version ${String(stored?.version)}, this gateflow reads ${VERSION}`);
  }
  checkPanel(found);
  const { profile, plan, calibration, errorScale, weight, statistic, isArray } = stored;
  const networks = Array.from({ length: stored.networks }, (_, member) => {
    const network = createPanelNetwork(profile, plan, member);
    const own = tensors.filter(({ name }) => name.startsWith(`member ${member}/`));
    network.setWeights(own);
    return network;
  });
  const fit: PanelFit = {
    profile,
    plan,
    networks,
    weight,
    statistic,
    calibration,
    errorScale,
    isArray,
    known:
      stored.known === null
        ? null
        : { ...stored.known, bySeries: new Map(stored.series.map(({ id, effects }) => [id, effects])) },
    log: stored.log ?? undefined,
    choices: new Choices(stored.choices, stored.summary),
    series: stored.series.map((own): PanelSeries => {
      const { log, scale, isNonNegative, y, others, smoothed, ...rest } = own;
      return {
        ...rest,
        transform: transformFrom(log, scale, isNonNegative),
        y: Float64Array.from(y),
        from: own.rows - y.length,
        others: others.map((values) => Float64Array.from(values)),
        smoothed: smoothed.map(({ carrier: json, origin, state, rows }) => {
          const carrier = carrierFromJSON(json);
          checkState("smoothed", state, carrier);
          return { carrier, origin, state: state.map((part) => Float64Array.from(part)), rows };
        }),
      };
    }),
  };
  return { options: stored.options, fit };
}
