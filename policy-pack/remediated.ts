import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

// The policy SDK (1.21) does not pass properties through a remediation unharmed: assets and archives lose the hash by
// which providers see whether a function's code has changed, and of an archive that is composed of assets only names are
// left, which the engine refuses. So the engine's own message is kept beside what the SDK makes of it, and everything
// but the layers goes back as it came. If the SDK is another copy than ours, or changed, its own way remains.

interface Deserializer {
  deserializeProperties(sent: Struct, forRemediation: boolean): object;
}

const sentProperties = new WeakMap<object, Struct>();
const sdk: Deserializer = require("@pulumi/policy/deserialize");
const { deserializeProperties } = sdk;
sdk.deserializeProperties = (sent, forRemediation) => {
  const props = deserializeProperties(sent, forRemediation);
  if (forRemediation) sentProperties.set(props, sent);
  return props;
};

/**
 * The properties that a remediation gives back after it has changed one of them in place.
 * @param props the properties as the SDK hands them to a remediation
 */
export function remediatedProperties(props: Record<string, unknown>, changed: string): Record<string, unknown> {
  // The SDK's proxies answer to this name with what is behind them.
  const sent = sentProperties.get(props.__getSpecialProxyTarget as object);
  if (!sent) return props;
  // Read past the proxies, which would take away the mark of a secret.
  const value: unknown = Object.getOwnPropertyDescriptor(props, changed)?.value;
  return { ...sent.toJavaScript(), [changed]: value };
}
