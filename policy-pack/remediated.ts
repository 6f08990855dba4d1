import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

// The policy SDK (1.21) does not pass properties through a remediation unharmed: assets and archives lose the hash by
// which providers detect code changes, and an archive composed of assets keeps only names, which the engine refuses. So
// the engine's own message is kept next to what the SDK makes of it, and everything except the layers is returned
// unchanged. If the SDK is another copy than ours, or has changed, its own behaviour remains.

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
 * @param props the properties as the SDK passes them to a remediation
 */
export function remediatedProperties(props: Record<string, unknown>, changed: string): Record<string, unknown> {
  // Under this name, the SDK's proxies return their target.
  const sent = sentProperties.get(props.__getSpecialProxyTarget as object);
  if (!sent) return props;
  // Read past the proxies, which would remove the secret marker.
  const value: unknown = Object.getOwnPropertyDescriptor(props, changed)?.value;
  return { ...sent.toJavaScript(), [changed]: value };
}
