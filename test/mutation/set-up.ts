// Files that are named as setup run again for every file of tests; what they import does not.
import { defaultEngine } from "../../src/engine/engine.js";
import "../../src/names.js";
import { fc } from "../support/property.js";

/** That a property fails is enough: the smallest example of it is not looked for. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

/** For the runner, which stands outside of the modules that are changed. */
Object.assign(globalThis, { renewEngine: () => defaultEngine().dispose() });
