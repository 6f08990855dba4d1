import type { EvaluationResult, IAM } from "@aws-sdk/client-iam";
import { LayersError } from "../core/errors";
import { pooled } from "../core/pool";
import type { AwsPort, CallerIdentity, PermissionReport, WantedPermission } from "../ports";
import { eachPage, required } from "./answers";
import type { Caller, SendOptions } from "./caller";
import type { Clients } from "./clients";
import { isDenied } from "./errors";
import type { Unanswered } from "./types";

// One page of results ("SimulatePrincipalPolicy", MaxItems: 100 if it is not given).
const resourcesAtOnce = 100;
const concurrentQuestions = 4;
// A preflight is not worth a longer wait.
const deadline = 5_000;

const principal = /^arn:([^:]+):(iam|sts)::(\d{12}):(user|assumed-role|root|role)(?:\/([^/]+))?/;

/**
 * Creates the session's `checkPermissions`.
 * @param unanswered what the sessions of a run have found out so far
 */
export function createPermissionCheck(
  clients: Clients,
  caller: Caller,
  callerIdentity: () => Promise<CallerIdentity>,
  unanswered: Unanswered = new Map(),
): AwsPort["checkPermissions"] {
  return async (wanted) => {
    const questions = wanted.flatMap(({ action, resources }) =>
      inPieces([...new Set(resources)], resourcesAtOnce).map((piece) => ({ action, resources: piece })),
    );
    if (questions.length === 0) return { refused: [] };
    try {
      const identity = await callerIdentity();
      const iam = await clients.iam();
      const source = await policySource(iam, caller, identity);
      if (source === "everything") return { refused: [] };
      const ask = (question: WantedPermission) => simulate(iam, caller, source, question);
      const [first, ...others] = questions;
      if (first === undefined) return { refused: [] };
      // A caller without permission to ask is denied every time, so all sessions of a run wait for the first answer.
      const known = unanswered.get(identity.arn);
      if (known) {
        const why = await known;
        if (why !== undefined) return { refused: [], unchecked: why };
      }
      const asked = ask(first);
      if (!known)
        unanswered.set(
          identity.arn,
          asked.then(() => undefined, reasonOf),
        );
      const answers = [await asked, ...(await pooled(others, concurrentQuestions, ask))];
      return judge(answers.flat());
    } catch (error) {
      if (error instanceof LayersError && (error.code === "interrupted" || error.code === "aws-credentials"))
        throw error;
      return { refused: [], unchecked: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  return error instanceof LayersError ? (error.messageLines[0] ?? "") : String(error);
}

/** Whose policies are asked about: the user, or the role behind a session. The root user is allowed everything. */
async function policySource(iam: IAM, caller: Caller, { arn }: CallerIdentity): Promise<string | "everything"> {
  const [, partition, , account, kind, name] = principal.exec(arn) ?? [];
  if (kind === "root") return "everything";
  if (kind === "user" || kind === "role") return arn;
  if (kind !== "assumed-role" || name === undefined)
    throw new LayersError("aws-failed", `IAM has no policies for ${arn}.`);
  // A session's ARN lacks the path of its role.
  const request = { service: "iam", operation: "GetRole", subject: name } as const;
  const input = { RoleName: name };
  const found = await caller.call(request, (options) => iam.getRole(input, options), {
    deadline: performance.now() + deadline,
    answer: (error) => (isDenied(error) ? ("denied" as const) : undefined),
  });
  const withoutPath = `arn:${partition}:iam::${account}:role/${name}`;
  return found === "denied" ? withoutPath : (found.Role?.Arn ?? withoutPath);
}

async function simulate(
  iam: IAM,
  caller: Caller,
  source: string,
  { action, resources }: WantedPermission,
): Promise<EvaluationResult[]> {
  const request = { service: "iam", operation: "SimulatePrincipalPolicy", subject: action } as const;
  const results: EvaluationResult[] = [];
  await eachPage("IAM SimulatePrincipalPolicy", async (marker) => {
    const input = {
      PolicySourceArn: source,
      ActionNames: [action],
      ResourceArns: [...resources],
      Marker: marker,
    };
    const ask = async (options: SendOptions) => {
      const { EvaluationResults, IsTruncated, Marker } = await iam.simulatePrincipalPolicy(input, options);
      return { evaluated: required(EvaluationResults, "EvaluationResults"), next: IsTruncated ? Marker : undefined };
    };
    const page = await caller.call(request, ask, { deadline: performance.now() + deadline });
    results.push(...page.evaluated);
    return page.next;
  });
  return results;
}

function judge(results: readonly EvaluationResult[]): PermissionReport {
  const denied = results.filter(({ EvalDecision: decision }) => decision !== "allowed");
  // The statement has a condition, such as on a function's tags, whose values the simulator does not know.
  const undecided = denied.filter(({ MissingContextValues: values = [] }) => values.length > 0);
  const refused = denied
    .filter((result) => !undecided.includes(result))
    .map(({ EvalActionName: action = "", EvalResourceName: resource = "*" }) => ({ action, resource }));
  if (undecided.length === 0) return { refused };
  const keys = new Set(undecided.flatMap(({ MissingContextValues: values = [] }) => values));
  return { refused, unchecked: `The caller's policies depend on ${[...keys].join(", ")}.` };
}

function inPieces<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
