/** The worker that trains: started before anything else of the page is there, so that both are fetched at the same time. */
export const trainer = new Worker(new URL("./worker/worker.ts", import.meta.url), {
  type: "module",
  name: "gateflow training",
});

/** Comes if the worker breaks, even before anybody else listens. */
export const broken = new Promise<string>((resolve) => {
  trainer.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(event.message || "its worker could not be started");
  });
});

void import("./main.tsx");
