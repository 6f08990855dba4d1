// What Python programs in tests run with.

import { findPython, virtualEnvironment } from "./venv";

/** Pinned, so that they change only on purpose; they need Python 3.10. */
const requirements = ["pulumi==3.259.0", "parver==0.5"];

const found = findPython(10);

/**
 * Path of an interpreter that has Pulumi's SDK; undefined if there is no Python 3.10 or newer. The first call installs
 * the SDK.
 */
export const pulumiPython: (() => Promise<string>) | undefined =
  found && (() => virtualEnvironment(found, requirements));
