import { quotedIfOdd } from "../../core/text";
import type { Ports } from "../../ports";
import type { LoadedState } from "../plans";
import { foreignState, unfit } from "./load";
import { invalidLayers, type SelectedRecords } from "./plan";

/** Something about a state that its rows do not show. */
export interface OddState {
  readonly code: "layer-invalid" | "pending-operations" | "state-broken" | "state-foreign";
  readonly message: string;
}

/**
 * What whoever looks at a state has to know beside its rows: that it cannot be updated as it is, that it is another
 * stack's, and what its functions have that is no layer version.
 * @param recorded the functions that are looked at; undefined if it has none of them
 */
export function oddities(
  ports: Pick<Ports, "advisePulumi">,
  state: LoadedState,
  recorded: SelectedRecords | undefined,
): OddState[] {
  const error = unfit(ports, state);
  const code = error?.code === "pending-operations" ? "pending-operations" : "state-broken";
  const own = recorded?.own.filter((fn) => !recorded.excluded.has(fn)) ?? [];
  return [
    ...(error
      ? [
          {
            code,
            message: `${error.messageLines.join(" ")} The state cannot be updated as it is. ${error.nextLines.join(" ")}`,
          } as const,
        ]
      : []),
    ...foreignState(state).map((message) => ({ code: "state-foreign", message }) as const),
    ...invalidLayers(own).map(({ function: name, text }) => ({
      code: "layer-invalid" as const,
      message: `Invalid layer ARN format: ${quotedIfOdd(text)} of function ${name}.`,
    })),
  ];
}
