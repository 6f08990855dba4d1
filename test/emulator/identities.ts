import { randomBytes } from "node:crypto";
import { ApiError } from "./errors";

/** Who signed a request. */
export interface Caller {
  accessKeyId: string;
  account: string;
  /** ARN of the user or of the assumed-role session. */
  arn: string;
  userId: string;
}

/** How a request identifies its sender. */
interface Credentials {
  caller: Caller;
  sessionToken?: string;
  service: string;
}

interface Identity extends Caller {
  sessionToken?: string;
  refused?: "expired" | "unknown";
}

export interface SessionCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: string;
}

const INVALID = "The security token included in the request is invalid";
const EXPIRED = "The security token included in the request is expired";

/** Access keys and their accounts. Signatures are not verified; keys and session tokens are. */
export class Identities {
  readonly #byKey = new Map<string, Identity>();
  #sessions = 0;

  constructor(
    private readonly defaultAccount: string,
    accessKeys: Readonly<Record<string, string>>,
  ) {
    for (const [key, account] of Object.entries(accessKeys)) this.#byKey.set(key, user(key, account));
  }

  /** From now on the key is treated as expired, or as unknown to AWS. */
  refuse(accessKeyId: string, as: "expired" | "unknown"): void {
    const known = this.#byKey.get(accessKeyId) ?? user(accessKeyId, this.defaultAccount);
    this.#byKey.set(accessKeyId, { ...known, refused: as });
  }

  /** Whom an access key belongs to, whether or not it is valid. */
  callerOf(accessKeyId: string): Caller {
    const { account, arn, userId } = this.#byKey.get(accessKeyId) ?? user(accessKeyId, this.defaultAccount);
    return { accessKeyId, account, arn, userId };
  }

  /** Throws the service's 403 for an invalid key or session token. */
  verify({ caller, sessionToken, service }: Credentials, refuseUnknown: boolean): void {
    const known = this.#byKey.get(caller.accessKeyId);
    if (!known && !refuseUnknown) return;
    const query = service === "sts" || service === "iam";
    if (!known || known.refused === "unknown" || (known.sessionToken && known.sessionToken !== sessionToken)) {
      throw new ApiError(403, query ? "InvalidClientTokenId" : "UnrecognizedClientException", INVALID);
    }
    if (known.refused === "expired") {
      throw new ApiError(403, query ? "ExpiredToken" : "ExpiredTokenException", EXPIRED);
    }
  }

  /** Makes credentials for a role session; their access key identifies it in counts and in the log of writes. */
  assume(role: { account: string; partition: string; name: string }, session: string, seconds: number) {
    this.#sessions += 1;
    const accessKeyId = `ASIAEMULATOR${String(this.#sessions).padStart(8, "0")}`;
    const roleId = `AROA${Buffer.from(role.name).toString("hex").toUpperCase().slice(0, 16).padEnd(16, "0")}`;
    const identity: Identity = {
      accessKeyId,
      account: role.account,
      arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/${session}`,
      userId: `${roleId}:${session}`,
      sessionToken: randomBytes(48).toString("base64"),
    };
    this.#byKey.set(accessKeyId, identity);
    const credentials: SessionCredentials = {
      AccessKeyId: accessKeyId,
      SecretAccessKey: randomBytes(30).toString("base64"),
      SessionToken: identity.sessionToken ?? "",
      Expiration: new Date(Date.now() + seconds * 1000).toISOString(),
    };
    return { credentials, arn: identity.arn, userId: identity.userId };
  }
}

function user(accessKeyId: string, account: string): Identity {
  return { accessKeyId, account, arn: `arn:aws:iam::${account}:user/emulator`, userId: accessKeyId };
}
