import type { Operations } from "../context";
import type { Budget } from "../throttle";
import { concurrencyOperations } from "./concurrency";
import { functionOperations } from "./functions";
import { layerOperations } from "./layers";
import { tagOperations } from "./tags";
import { versionOperations } from "./versions";

export { lambdaTarget, routeLambda, type Target } from "./routes";

export const lambdaOperations: Operations = {
  ...functionOperations,
  ...concurrencyOperations,
  ...layerOperations,
  ...tagOperations,
  ...versionOperations,
};

/** GetFunction has its own budget; all other control-plane operations share one. */
export const budgetOf = (operation: string): Budget => (operation === "GetFunction" ? "getFunction" : "control");
