// Policy packs read stack, project and configuration from environment variables, which they need before they start. The
// engine sends these only afterwards, in a call. So the host answers that call itself, starts the pack with its
// content, and from then on passes every call to the pack.

import { once } from "node:events";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { channelOptions, serve, unary } from "../rpc.mjs";

/**
 * @typedef {import("./children.mjs").Child} Child
 * @typedef {messages.AnalyzerStackConfigureRequest | undefined} Configuration
 */

/**
 * Prints the port of a server that stands in for a policy pack, and starts the pack as soon as the engine has sent that
 * server the pack's configuration.
 *
 * @param {(env: Record<string, string>) => Child} start
 * @param {(data: Uint8Array) => void} print receives what the engine should read from the pack's standard output
 */
export async function proxyPolicyPack(start, print) {
  /** @type {(configuration: Configuration) => void} */
  let configure = () => {};
  /** @type {Promise<Configuration>} */
  const configuration = new Promise((resolve) => {
    configure = resolve;
  });
  const child = configuration.then((request) => start(packEnvironment(request)));
  const client = child
    .then((started) => connect(started, print))
    .then(async (connected) => {
      await passConfiguration(connected, await configuration);
      return connected;
    });
  client.catch(() => {}); // the next caller of the pack gets the error

  const pass = (/** @type {string} */ name) =>
    unary(async (call) => {
      // The engine may call before it configures, as for `pulumi policy publish`: then there is no configuration.
      configure(undefined);
      return invoke(await client, name, call.request);
    });
  const names = Object.keys(analyzerServices.AnalyzerService);
  const { server, port } = await serve(analyzerServices.AnalyzerService, {
    ...Object.fromEntries(names.map((name) => [name, pass(name)])),
    handshake: unary(() => new messages.AnalyzerHandshakeResponse()),
    configureStack: unary((call) => {
      configure(call.request);
      return new messages.AnalyzerStackConfigureResponse();
    }),
  });
  print(Buffer.from(`${port}\n`));
  return {
    ended: child.then(({ ended }) => ended),
    close: () => server.forceShutdown(),
  };
}

/**
 * @param {Configuration} configuration
 * @returns {Record<string, string>}
 */
function packEnvironment(configuration) {
  if (!configuration) return {};
  const env = {
    PULUMI_NODEJS_ORGANIZATION: configuration.getOrganization(),
    PULUMI_NODEJS_PROJECT: configuration.getProject(),
    PULUMI_NODEJS_STACK: configuration.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(configuration.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configuration.getConfigMap().toArray())),
  };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

/**
 * Connects to a pack: the first line of its output is its port, the others are meant for the user.
 *
 * @param {Child} child
 * @param {(data: Uint8Array) => void} print
 */
async function connect(child, print) {
  const { stdout } = child.process;
  if (!stdout) throw new Error("policy pack not started: its standard output cannot be read");
  const lines = createInterface({ input: stdout });
  const [port] = await Promise.race([once(lines, "line"), child.ended.then(() => [""])]);
  if (!/^\d+$/.test(port)) throw new Error(`policy pack not started: it printed ${JSON.stringify(port)} as its port`);
  lines.on("line", (line) => print(Buffer.from(`${line}\n`)));
  const credentials = grpc.credentials.createInsecure();
  return new analyzerServices.AnalyzerClient(`127.0.0.1:${port}`, credentials, channelOptions);
}

/**
 * @param {object} client
 * @param {Configuration} configuration
 */
async function passConfiguration(client, configuration) {
  try {
    if (configuration) await invoke(client, "configureStack", configuration);
  } catch (error) {
    // Packs that were built with an older @pulumi/pulumi do not know this call.
    if (/** @type {any} */ (error).code !== grpc.status.UNIMPLEMENTED) throw error;
  }
}

/**
 * @param {any} client
 * @param {string} name of the method
 * @param {unknown} request
 */
function invoke(client, name, request) {
  return new Promise((resolve, reject) => {
    client[name](request, (/** @type {unknown} */ error, /** @type {unknown} */ response) =>
      error ? reject(error) : resolve(response),
    );
  });
}
