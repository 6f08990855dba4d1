import { pace } from "../../sdk/core/text";
import { say } from "../host/say";

const lineEvery = 10_000;

/** Says how far a long update is. */
export interface Progress {
  /** One more function is done. */
  step(): void;
  end(): void;
}

/** Reports the progress of an update of many functions, one line every ten seconds. */
export function reportProgress(title: string, total: number): Progress {
  const begun = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    say(`${title}: ${done}/${total}, ${pace(done, total, performance.now() - begun)}`);
  }, lineEvery);
  return {
    step() {
      done++;
    },
    end: () => clearInterval(timer),
  };
}
