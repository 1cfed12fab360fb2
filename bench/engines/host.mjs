/** For hosts with a command line: `host.mjs '{"base": …, "dist": …}'` prints the runs as JSON. */
import process from "node:process";
import { runAll } from "./runs.mjs";

const { base, dist } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await runAll(base, dist)));
