import { render } from "preact";
import { App } from "./app.tsx";
import { change, startWorkers, train } from "./commands.ts";
import { followScheme } from "./draw/follow-scheme.ts";
import { inviteOnce } from "./panels/invite.ts";
import { fromAddress } from "./recipe/address.ts";
import { alarm } from "./state.ts";

function follow(): void {
  const { recipe, run, problem } = fromAddress(location.hash);
  alarm.value = problem;
  // A new object, so that the same recipe is loaded, too.
  change({ ...recipe }, 0);
  if (run) train();
}

followScheme();
startWorkers();
inviteOnce();
const root = document.querySelector("#studio")!;
// In place of the frame that stood there from the beginning.
root.replaceChildren();
render(<App />, root);
follow();
addEventListener("hashchange", follow);
