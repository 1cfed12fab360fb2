import { Closer } from "./panels/closer.tsx";
import { Controls } from "./panels/controls.tsx";
import { FileDrop } from "./panels/file-drop.tsx";
import { Findings } from "./panels/findings.tsx";
import { Glossary } from "./panels/glossary.tsx";
import { Messages } from "./panels/messages.tsx";
import { SlowMotion } from "./panels/slow-motion.tsx";
import { Time } from "./panels/time.tsx";
import { Top } from "./panels/top.tsx";
import { Transport } from "./panels/transport.tsx";
import { Walk } from "./panels/walk.tsx";
import { CellTracePicture } from "./pictures/cell-trace.tsx";
import { ForecastPicture } from "./pictures/forecast.tsx";
import { GatesPicture } from "./pictures/gates.tsx";
import { GradientFlowPicture } from "./pictures/gradient-flow.tsx";
import { LossPicture } from "./pictures/loss.tsx";
import { WeightsPicture } from "./pictures/weights-and-updates.tsx";

export const App = () => (
  <>
    <Top />
    <FileDrop>
      <div class="side">
        <Controls />
      </div>
      <div class="stage">
        <Transport />
        <SlowMotion />
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
        <Closer />
        <Glossary />
      </div>
    </FileDrop>
    <Walk />
  </>
);
