/** An answer other than success, in AWS's words; rendered in the protocol of the called service. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds, sent as the Retry-After header. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string) => new ApiError(400, "InvalidParameterValueException", message);

export const validation = (value: unknown, member: string, constraint: string) =>
  new ApiError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const conflict = (message: string) => new ApiError(409, "ResourceConflictException", message);

export const notFound = (message = "The resource you requested does not exist.") =>
  new ApiError(404, "ResourceNotFoundException", message);

export const preconditionFailed = () =>
  new ApiError(
    412,
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
  );

/** The reason says which kind of policy is missing: AWS names it at the end of the sentence. */
export function accessDenied(
  callerArn: string,
  action: string,
  resource: string,
  policy: "identity-based" | "resource-based" = "identity-based",
): ApiError {
  const code = /^(?:sts|iam):/.test(action) ? "AccessDenied" : "AccessDeniedException";
  return new ApiError(
    403,
    code,
    `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} because no ${policy} policy allows the ${action} action`,
  );
}
