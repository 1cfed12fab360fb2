import {
  ConfigError,
  type Sequential,
  toKeras,
  toLayersModel,
  toOnnx,
  toSafetensors,
  toTorch,
} from "gateflow";
import type { ExportKind, Job, Recorded } from "../protocol.ts";

export interface ExportedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One file of the run, as it stands. @throws with what cannot be said in that form. */
export async function exportFile(
  what: ExportKind,
  job: Job,
  recorded: Recorded,
  model: Sequential | undefined,
): Promise<ExportedFile> {
  switch (what) {
    case "code": {
      const { codeOf } = await import("./code.ts");
      return { name: "gateflow-run.ts", type: "text/typescript", bytes: encode(await codeOf(job)) };
    }
    case "picture": {
      const { flowPicture } = await import("./report-page.ts");
      return { name: "gradient-flow.svg", type: "image/svg+xml", bytes: encode(flowPicture(recorded)) };
    }
    case "page": {
      const { reportPage } = await import("./report-page.ts");
      return { name: "gateflow-run.html", type: "text/html", bytes: encode(reportPage(job, recorded)) };
    }
    default:
      return exportModel(what, existing(model));
  }
}

function existing(model: Sequential | undefined): Sequential {
  if (model === undefined) throw new ConfigError("there is no model: this recipe was refused.");
  return model;
}

const binary = "application/octet-stream";

async function exportModel(what: ExportKind, model: Sequential): Promise<ExportedFile> {
  switch (what) {
    case "keras":
      return { name: "model.keras", type: binary, bytes: await toKeras(model) };
    case "torch":
      return { name: "model.pt", type: binary, bytes: await toTorch(model) };
    case "onnx":
      return { name: "model.onnx", type: binary, bytes: await toOnnx(model) };
    case "tfjs": {
      const { weightData, ...json } = await toLayersModel(model);
      const letters: string[] = [];
      for (const byte of new Uint8Array(weightData)) letters.push(String.fromCharCode(byte));
      const text = JSON.stringify({ ...json, weightData: btoa(letters.join("")) });
      return { name: "model.json", type: "application/json", bytes: encode(text) };
    }
    default:
      return { name: "model.safetensors", type: binary, bytes: await toSafetensors(model) };
  }
}
