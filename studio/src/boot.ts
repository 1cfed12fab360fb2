export const startTrainer = (): Worker =>
  new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module", name: "gateflow training" });

/** The worker that trains: started before anything else of the page is there, so that both are fetched at the same time. */
export const first = startTrainer();

/** Comes if it breaks, even before anybody else listens. */
export const broken = new Promise<string>((resolve) => {
  first.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(event.message || "its worker could not be started");
  });
});

void import("./main.tsx");
