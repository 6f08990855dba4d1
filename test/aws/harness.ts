import { type AwsCall, type AwsOptions, type AwsTarget, connectAws } from "../../sdk/aws/session";
import type { AwsPort } from "../../sdk/ports";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator";

const account = "123456789012";

/** A layer version in the emulator's own account and region. */
export function base(version: number, name = "base"): string {
  return `arn:aws:lambda:us-east-1:${account}:layer:${name}:${version}`;
}

/** The function's ARN in the emulator's own account and region. */
export function arnOf(name: string): string {
  return `arn:aws:lambda:us-east-1:${account}:function:${name}`;
}

/** `count` functions fn-000, fn-001 and so on, each with version 1 of the layer `base` between two others. */
export function fleet(count: number) {
  const names = Array.from({ length: count }, (_, index) => `fn-${String(index).padStart(3, "0")}`);
  return {
    layers: ["first", "base", "last"].map((name) => ({ name, versions: 5 })),
    functions: names.map((name) => ({ name, layers: ["first:1", "base:1", "last:1"] })),
  };
}

/** Moves the layer `base` to a version, and leaves the others alone. */
export function moveBase(version: number) {
  return ({ layers }: { readonly layers: readonly string[] }) =>
    layers.map((layer) => (layer.includes(":layer:base:") ? base(version) : layer));
}

/** What {@link useAws} provides to the tests of a suite. */
export interface TestAws {
  readonly emulator: Emulator;
  /** All requests of all sessions of this test. */
  readonly calls: readonly AwsCall[];
  /** Opens a session that ends with the test. */
  connect(target?: AwsTarget, options?: AwsOptions): Promise<AwsPort>;
  /** Sets an environment variable, or removes it, until the test ends. */
  setEnv(variables: Readonly<Record<string, string | undefined>>): void;
}

/** Starts an emulator for each test of the calling suite, and points the AWS SDK at it. */
export function useAws(options: EmulatorOptions = {}): TestAws {
  let emulator: Emulator;
  let calls: AwsCall[];
  let sessions: AwsPort[];
  let restore: () => void;

  beforeEach(async () => {
    emulator = await startEmulator(options);
    calls = [];
    sessions = [];
    restore = withEnv(emulator.env);
  });
  afterEach(async () => {
    for (const session of sessions) session.close();
    await emulator.close();
    restore();
  });

  return {
    get emulator() {
      return emulator;
    },
    get calls() {
      return calls;
    },
    async connect(target = {}, sessionOptions = {}) {
      const session = await connectAws(target, { onCall: (call) => calls.push(call), ...sessionOptions });
      sessions.push(session);
      return session;
    },
    setEnv,
  };
}

/** Sets environment variables; returns a function that restores all of them. */
export function withEnv(variables: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env };
  setEnv(variables);
  return () => {
    setEnv(Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])));
    setEnv(before);
  };
}

/** Sets environment variables, or removes them. */
export function setEnv(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
