/** An answer of the service that is an error; `type` is the name that clients match on. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly type: string;
  /** 400 for everything that the caller did, a missing secret included (aws/aws-sdk-js-v3#7701). */
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}
