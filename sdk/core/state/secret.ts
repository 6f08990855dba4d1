/** The key that marks an object as a value of a special kind in Pulumi's states: resource.SigKey of its Go SDK. */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** The value of that key that marks a secret: resource.SecretSig. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The text that stands for a value which is not known yet: plugin.UnknownStringValue of its Go SDK. */
export const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
