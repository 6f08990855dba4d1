// A language host for Node programs, for machines that cannot download Pulumi's own. It speaks the engine's
// LanguageRuntime protocol and starts programs, policy packs and plugins with their own copy of @pulumi/pulumi.

import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import languageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { serve, streaming, unary } from "../rpc.mjs";
import { Children } from "./children.mjs";
import { proxyPolicyPack } from "./policy-proxy.mjs";
import { runtimeOptions } from "./runtime-options.mjs";

/** The exit code of a program that has already told the user what is wrong. */
const BAIL = 32;

/**
 * @typedef {import("@grpc/grpc-js").ServerUnaryCall<messages.RunRequest, messages.RunResponse>} RunCall
 * @typedef {import("@grpc/grpc-js").ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>} PluginCall
 * @typedef {import("@grpc/grpc-js").ServerWritableStream<messages.InstallDependenciesRequest, messages.InstallDependenciesResponse>} InstallCall
 */

/** Serves until the engine interrupts this process or goes away. */
export async function main() {
  const engineAddress = process.argv[2] ?? "";
  const children = new Children();
  const shutDown = async () => {
    await children.stop();
    process.exit(0);
  };
  process.on("SIGINT", shutDown).on("SIGTERM", shutDown);
  // The engine holds the other end of our standard input, which closes when the engine is gone, for whatever reason.
  process.stdin.on("end", shutDown).resume();

  const { port } = await serve(languageServices.LanguageRuntimeService, {
    handshake: unary(() => new messages.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new pluginMessages.PluginInfo()),
    getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(() => new messages.GetRequiredPluginsResponse()),
    getProgramDependencies: unary(() => new messages.GetProgramDependenciesResponse()),
    about: unary(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    installDependencies: streaming((/** @type {InstallCall} */ call) => installDependencies(call, children)),
    run: unary((/** @type {RunCall} */ call) => run(call, engineAddress, children)),
    runPlugin: streaming((/** @type {PluginCall} */ call) => runPlugin(call, children)),
    cancel: unary(async () => {
      await children.stop();
      return new emptyMessages.Empty();
    }),
  });
  process.stdout.write(`${port}\n`);
}

/**
 * Runs a program to its end. Its output goes straight to the engine: the program shares our pipes.
 *
 * @param {RunCall} call
 * @param {string} engineAddress
 * @param {Children} children
 */
async function run(call, engineAddress, children) {
  const response = new messages.RunResponse();
  try {
    const { code, signal } = await startProgram(call, engineAddress, children).ended;
    if (code === BAIL) response.setBail(true);
    else if (signal) response.setError(`Program exited unexpectedly: ${signal}`);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  } catch (error) {
    response.setError(String(error instanceof Error ? error.message : error));
  }
  return response;
}

/**
 * @param {RunCall} call
 * @param {string} engineAddress
 * @param {Children} children
 */
function startProgram(call, engineAddress, children) {
  const request = call.request;
  const { root, directory, entryPoint, options } = program(request.getInfo());
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": root,
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  const args = [
    ...options.nodeArgs,
    locate("@pulumi/pulumi/cmd/run", directory, "pulumi install"),
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    entryPoint,
    ...request.getArgsList(),
  ];
  const env = {
    ...process.env,
    ...options.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const child = children.start(process.execPath, args, { env, stdio: ["ignore", "inherit", "inherit"] });
  call.on("cancelled", child.stop);
  return child;
}

/**
 * Runs a policy pack, or a provider written for Node, and streams its output.
 *
 * @param {PluginCall} call
 * @param {Children} children
 */
async function runPlugin(call, children) {
  const request = call.request;
  const { directory, options } = program(request.getInfo());
  const print = (/** @type {Uint8Array} */ data) => call.write(new messages.RunPluginResponse().setStdout(data));

  /**
   * @param {string} script
   * @param {string[]} args
   * @param {string} cwd
   * @param {Record<string, string>} [env]
   */
  const start = (script, args, cwd, env) => {
    const path = locate(script, directory, `npm install in ${directory}`);
    const child = children.start(process.execPath, [...options.nodeArgs, path, ...args], {
      cwd,
      env: { ...variables(request.getEnvList()), ...options.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    call.on("cancelled", child.stop);
    child.process.stderr?.on("data", (data) => call.write(new messages.RunPluginResponse().setStderr(data)));
    return child;
  };

  if (request.getKind() === "analyzer") {
    const args = [...request.getArgsList(), directory];
    const startPack = (/** @type {Record<string, string>} */ env) =>
      start("@pulumi/pulumi/cmd/run-policy-pack", args, directory, env);
    const proxy = await proxyPolicyPack(startPack, print);
    // If the call is cancelled first, the pack may never have started.
    await Promise.race([succeeded(proxy.ended), once(call, "cancelled")]).finally(proxy.close);
  } else {
    const args = [directory, ...request.getArgsList()];
    const child = start("@pulumi/pulumi/cmd/run-plugin", args, request.getPwd());
    child.process.stdout?.on("data", print);
    await succeeded(child.ended);
  }
}

/** @param {Promise<import("./children.mjs").End>} ended */
async function succeeded(ended) {
  const { code, signal } = await ended;
  if (code !== 0) throw new Error(`Program exited with non-zero exit code: ${code ?? signal}`);
}

/**
 * Serves `pulumi install` with npm, whatever package manager the project prefers.
 *
 * @param {InstallCall} call
 * @param {Children} children
 */
async function installDependencies(call, children) {
  const child = children.start("npm", ["install"], {
    cwd: call.request.getDirectory(),
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  call.on("cancelled", child.stop);
  child.process.stdout?.on("data", (data) => call.write(new messages.InstallDependenciesResponse().setStdout(data)));
  child.process.stderr?.on("data", (data) => call.write(new messages.InstallDependenciesResponse().setStderr(data)));
  await succeeded(child.ended);
}

/** @param {messages.ProgramInfo | undefined} info */
function program(info) {
  if (!info) throw new Error("the engine did not say which program to run");
  return {
    root: info.getRootDirectory(),
    directory: info.getProgramDirectory(),
    entryPoint: info.getEntryPoint(),
    options: runtimeOptions(info.getOptions()?.toJavaScript()),
  };
}

/**
 * The path of a module, resolved as by a program in `directory`.
 *
 * @param {string} name
 * @param {string} directory
 * @param {string} installCommand
 */
function locate(name, directory, installCommand) {
  try {
    return createRequire(join(directory, "program.js")).resolve(name);
  } catch (error) {
    if (/** @type {any} */ (error).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(`It looks like the Pulumi SDK has not been installed. Have you run ${installCommand}?`);
  }
}

/**
 * Turns `["A=b"]` into `{A: "b"}`; of two settings with the same name the last wins.
 *
 * @param {string[]} list
 * @returns {Record<string, string>}
 */
function variables(list) {
  return Object.fromEntries(list.map((item) => [item.slice(0, item.indexOf("=")), item.slice(item.indexOf("=") + 1)]));
}
