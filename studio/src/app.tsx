import { Controls } from "./panels/controls.tsx";
import { FileDrop } from "./panels/file-drop.tsx";
import { Findings } from "./panels/findings.tsx";
import { Folded, later } from "./panels/later.tsx";
import { Messages } from "./panels/messages.tsx";
import { Time } from "./panels/time.tsx";
import { Top } from "./panels/top.tsx";
import { Transport } from "./panels/transport.tsx";
import { CellTracePicture } from "./pictures/cell-trace.tsx";
import { ForecastPicture } from "./pictures/forecast.tsx";
import { GatesPicture } from "./pictures/gates.tsx";
import { GradientFlowPicture } from "./pictures/gradient-flow.tsx";
import { LossPicture } from "./pictures/loss.tsx";
import { WeightsPicture } from "./pictures/weights-and-updates.tsx";
import { sight, slowStage, walkStop } from "./state.ts";

const Closer = later(async () => (await import("./panels/closer.tsx")).Closer);
const Glossary = later(async () => (await import("./panels/glossary.tsx")).Glossary);
const SlowMotion = later(async () => (await import("./panels/slow-motion.tsx")).SlowMotion);
const Walk = later(async () => (await import("./panels/walk.tsx")).Walk);

export const App = () => (
  <>
    <Top />
    <FileDrop>
      <div class="side">
        <Controls />
      </div>
      <div class="stage">
        <Transport />
        {slowStage.value !== null && <SlowMotion />}
        <Messages />
        <div class="pictures">
          <LossPicture />
          <GradientFlowPicture />
          <GatesPicture />
          <ForecastPicture />
          <CellTracePicture />
          <WeightsPicture />
        </div>
        <Time />
        <Findings />
        <Folded
          class="panel closer"
          summary={<h2>Look closer: one cell with its numbers</h2>}
          inside={() => <Closer />}
          onFold={(isOpen) => sight("Look closer", isOpen)}
        />
        <Folded class="panel glossary" summary={<h2>Words</h2>} inside={() => <Glossary />} />
      </div>
    </FileDrop>
    {walkStop.value !== null && <Walk />}
  </>
);
