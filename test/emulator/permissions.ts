import { accessDenied } from "./errors";
import type { Caller } from "./identities";

/** Something that is not allowed. Everything else is. */
export interface Denial {
  /** For example "lambda:UpdateFunctionConfiguration"; `*` stands for any run of characters. */
  action: string;
  /** ARN, `*` as above (default "*"). */
  resource?: string;
  /** Whom it applies to (default: everyone). */
  accessKeyId?: string;
}

/** What callers may not do: checked by every operation and by iam:SimulatePrincipalPolicy alike. */
export class Permissions {
  #denials: { rule: Denial; action: RegExp; resource: RegExp }[] = [];

  deny(rule: Denial): void {
    this.#denials.push({ rule, action: glob(rule.action), resource: glob(rule.resource ?? "*") });
  }

  allowAll(): void {
    this.#denials = [];
  }

  allows(caller: Pick<Caller, "accessKeyId">, action: string, resource: string): boolean {
    return !this.#denials.some(
      ({ rule, ...pattern }) =>
        pattern.action.test(action) &&
        pattern.resource.test(resource) &&
        (rule.accessKeyId === undefined || rule.accessKeyId === caller.accessKeyId),
    );
  }

  /** Throws the 403 that names caller, action and resource. */
  require(caller: Caller, action: string, resource: string): void {
    if (!this.allows(caller, action, resource)) throw accessDenied(caller.arn, action, resource);
  }
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i");
}
