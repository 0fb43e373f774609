/** An answer that is an error, as all APIs of Google write it (google.rpc.Status). */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly code: number;
  readonly status: string;
  readonly reason: string | undefined;

  constructor(code: number, status: string, message: string, reason?: string) {
    super(message);
    this.code = code;
    this.status = status;
    this.reason = reason;
  }

  body(): object {
    const details =
      this.reason === undefined
        ? {}
        : {
            details: [
              { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: this.reason, domain: 'googleapis.com' },
            ],
          };
    return { error: { code: this.code, message: this.message, status: this.status, ...details } };
  }
}
