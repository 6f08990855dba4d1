import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayersError } from "../../sdk/core/errors";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { liveFailure } from "../../sdk/ops/live/failure";
import type { LivePlan, LiveResult, LiveRollbackResult } from "../../sdk/ops/live/plans";
import type { ResumeRequest } from "../../sdk/ops/live/resume";
import {
  executeRunRollback,
  planRunRollback,
  type RollbackResult,
  type RunRollbackPlan,
  type RunRollbackRequest,
} from "../../sdk/ops/rollback";
import {
  executeSync,
  planResumed,
  planSync,
  type SyncOptions,
  type SyncRequest,
  type SyncResult,
} from "../../sdk/ops/sync";
import type { Ports } from "../../sdk/ports";
import { createPorts, type WiringOptions } from "../../sdk/wiring";
import { withEnv } from "../aws/harness";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator";
import { removeFolder, temporaryFolder } from "../support/folders";
import { keepLines } from "./harness";

/** Requests per second in tests that are not about the rate. */
export const rate = 2000;

/** A test's own AWS and folder. */
export interface Fleet {
  readonly emulator: Emulator;
  /** The working directory of runs; contains layer_config.yaml, and backups. */
  readonly dir: string;
  /** What runs have printed, as the command line shows it. */
  readonly lines: string[];
  /** The same without warnings. */
  readonly told: string[];
  ports(options?: WiringOptions): Ports;
  /** Plans a sync, and carries it out. */
  sync(
    request?: Partial<SyncRequest>,
    options?: SyncOptions,
    wiring?: WiringOptions,
    ports?: Ports,
  ): Promise<SyncResult>;
  /** Plans to finish a run, and carries it out. */
  resume(request?: Partial<ResumeRequest> & { readonly dryRun?: boolean }, options?: SyncOptions): Promise<SyncResult>;
  /** Plans to roll a run back. */
  planLiveRollback(request?: Partial<RunRollbackRequest>): Promise<RunRollbackPlan>;
  /** Plans to roll a run back, and carries it out. */
  rollback(request?: Partial<RunRollbackRequest>): Promise<RollbackResult & { readonly aws: LiveRollbackResult }>;
  /** The lines of the only run record, or of the one named, without their checksums. */
  record(name?: string): Promise<Record<string, unknown>[]>;
}

/** Why a run of stack dev fails with these outcomes; undefined if it does not. */
export function failureOf(
  run: { readonly stack?: string; readonly backup?: string | null; readonly aws?: LiveResult | LiveRollbackResult },
  plan?: Pick<LivePlan, "rollback" | "backup">,
): LayersError | undefined {
  const advise = (words: readonly string[]) => ["lambda-layers", ...words].join(" ");
  const backup = run.backup ?? plan?.backup;
  const failed = { stack: "dev", rollback: plan?.rollback, ...(backup !== undefined && { backup }) };
  return run.aws && liveFailure({ advise }, failed, run.aws);
}

/** The config of {@link useFleet}'s tests, with one layer `base` at a version. */
export function configFor(version: number): string {
  return `layers: { base: { version: ${version} } }\nsettings: { aws_region: us-east-1 }\n`;
}

/** Starts an emulator and creates a folder for each test of the calling suite. */
export function useFleet(options: EmulatorOptions = {}): Fleet {
  let emulator: Emulator;
  let dir: string;
  let lines: string[];
  let restore: () => void;

  beforeEach(async () => {
    emulator = await startEmulator(options);
    dir = await temporaryFolder();
    lines = [];
    restore = withEnv(emulator.env);
    await writeFile(join(dir, "layer_config.yaml"), configFor(2));
  });
  afterEach(async () => {
    restore();
    await emulator.close();
    await removeFolder(dir);
  });

  const ports = (wiring: WiringOptions = {}) => createPorts({ cwd: dir, reporter: keepLines(lines), rate, ...wiring });
  const backups = async () => (await readdir(join(dir, "backups")).catch(() => [])).sort();
  return {
    get emulator() {
      return emulator;
    },
    get dir() {
      return dir;
    },
    get lines() {
      return lines;
    },
    get told() {
      return lines.filter((line) => !line.startsWith("WARN"));
    },
    ports,
    async sync(request = {}, execute = {}, wiring = {}, all = ports(wiring)) {
      const config = loadLayerConfig("layer_config.yaml", dir);
      const plan = await planSync(all, { stack: "dev", config, allFunctions: true, ...request });
      return executeSync(all, plan, execute);
    },
    async resume(request = {}, execute = {}) {
      const all = ports();
      return executeSync(all, await planResumed(all, { stack: "dev", retentionDays: 30, ...request }), execute);
    },
    planLiveRollback: (request) => planRunRollback(ports(), { stack: "dev", retentionDays: 30, ...request }),
    async rollback(request) {
      const result = await executeRunRollback(ports(), await this.planLiveRollback(request));
      if (!result.aws) throw new Error("the rollback of a run is not in AWS");
      return { ...result, aws: result.aws };
    },
    async record(name) {
      const file = name ?? (await backups()).find((one) => one.endsWith(".jsonl")) ?? "";
      const text = await readFile(join(dir, "backups", file), "utf8");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .map(({ sum, ...line }) => line);
    },
  };
}

/** `count` functions fn-0000, fn-0001 and so on, tagged as the stack's, with the layer `base` between two others. */
export function taggedFleet(count: number, more: { readonly region?: string; readonly account?: string } = {}) {
  const names = Array.from({ length: count }, (_, index) => `fn-${String(index).padStart(4, "0")}`);
  return {
    layers: ["first", "base", "last"].map((name) => ({ name, versions: 5, ...more })),
    functions: names.map((name) => ({
      name,
      layers: ["first:1", "base:1", "last:1"],
      tags: { environment: "dev" },
      ...more,
    })),
  };
}
