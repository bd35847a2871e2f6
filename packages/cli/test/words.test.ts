/** Messages of the SDK and of servers, in the words of the command line. */
import {
  ConflictError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxValidationError,
  UnauthorizedError,
} from 'sandbox-sessions-sdk'
import { operations, schemas } from 'sandbox-sessions-sdk/constraints'
import { describe, expect, test } from 'vitest'
import { inFlags } from '../src/words.js'

const refused = (parameter: string, rest: string): SandboxValidationError =>
  new SandboxValidationError(`${parameter} ${rest}`, parameter)

const answered = (message: string, parameter?: string): SandboxOperationError =>
  new SandboxOperationError(message, {
    statusCode: 400,
    errorCode: 'INVALID_PARAMETER',
    details: parameter === undefined ? undefined : { parameter },
  })

describe('[C4] a message names the flags of the command', () => {
  test.each([
    [
      refused('ttl', 'must be an integer from 60 to 28800, got 1.'),
      '--ttl must be an integer from 60 to 28800, got 1.',
    ],
    [
      refused('timeout', 'must be an integer from 1 to 300, got 0.'),
      '--timeout must be an integer from 1 to 300, got 0.',
    ],
    [refused('image', 'must be a non-empty string, got "".'), '--image must be a non-empty string, got "".'],
    [
      refused('resources.cpu', 'must be a number from 0.1 to 64, got 0.'),
      '--cpu must be a number from 0.1 to 64, got 0.',
    ],
    [
      refused('resources.memoryMb', 'must be an integer from 64 to 1048576, got 1.'),
      '--memory must be an integer from 64 to 1048576, got 1.',
    ],
    [refused('network.allow', 'must be well-formed.'), '--allow must be well-formed.'],
    [refused('cwd', 'must be relative to it, got "../x".'), '--cwd must be relative to it, got "../x".'],
    [refused('env', 'has an impossible variable name: "a=b".'), '--env has an impossible variable name: "a=b".'],
    [refused('env.A.B', 'must be a string without NUL.'), '--env A.B must be a string without NUL.'],
    [
      refused('metadata', 'must be an object that JSON can carry.'),
      '--metadata must be an object that JSON can carry.',
    ],
    [refused('stdin', 'must be well-formed text.'), 'Standard input must be well-formed text.'],
    [refused('language', 'must be one of a, b, got "c".'), '--language must be one of a, b, got "c".'],
    [refused('command', 'must be a non-empty string, got "".'), 'The command must be a non-empty string, got "".'],
    [refused('code', 'must be a non-empty string, got "".'), 'The code must be a non-empty string, got "".'],
    [refused('path', 'must stay below it, got "path".'), 'The path must stay below it, got "path".'],
    [refused('filePath', 'must stay below it, got "filePath".'), 'The path must stay below it, got "filePath".'],
    [refused('sessionId', 'must be a UUID, got "ttl".'), 'The session id must be a UUID, got "ttl".'],
    [refused('apiUrl', 'must be an absolute address.'), '--url (SANDBOX_API_URL) must be an absolute address.'],
    [
      refused('apiUrl', 'is missing: pass it, or set SANDBOX_API_URL (for a local server: …).'),
      '--url is missing: pass it, or set SANDBOX_API_URL (for a local server: …).',
    ],
    [
      refused('apiUrl', 'must not hold credentials, a query or a fragment; pass credentials as bearerToken or apiKey.'),
      '--url (SANDBOX_API_URL) must not hold credentials, a query or a fragment; pass credentials as --token.',
    ],
    [refused('bearerToken', 'must be printable.'), '--token (SANDBOX_API_TOKEN) must be printable.'],
    [refused('apiKey', 'must be printable.'), 'SANDBOX_API_KEY must be printable.'],
    [
      new SandboxValidationError('Give either bearerToken or apiKey, not both.', 'apiKey'),
      'Give either --token (SANDBOX_API_TOKEN) or SANDBOX_API_KEY, not both.',
    ],
    [answered('ttl must be from 60 to 28800, got 5.', 'ttl'), '--ttl must be from 60 to 28800, got 5.'],
    [answered('env.A must not contain a NUL.', 'env.A'), '--env A must not contain a NUL.'],
    [
      answered('metadata must not be nested deeper than 100 levels.', 'metadata'),
      '--metadata must not be nested deeper than 100 levels.',
    ],
    [answered('metadata.a must be well-formed.', 'metadata.a'), '--metadata a must be well-formed.'],
    [answered('A name must not be empty.', 'env'), 'A name must not be empty.'],
    [
      new ConflictError('ttl exists. Set overwrite=true to replace it.', { statusCode: 409, errorCode: 'FILE_EXISTS' }),
      'ttl exists. Use --overwrite to replace it.',
    ],
    [
      new ConflictError('d is not empty. Set recursive=true to delete everything in it.', { statusCode: 409 }),
      'd is not empty. Use --recursive to delete everything in it.',
    ],
    [answered('The file is there; overwrite=true replaces it.'), 'The file is there; --overwrite replaces it.'],
    [
      new UnauthorizedError('No. No credentials were sent: pass bearerToken or apiKey, or set SANDBOX_API_TOKEN.'),
      'No. No credentials were sent: pass --token, or set SANDBOX_API_TOKEN.',
    ],
    [
      new SandboxConnectionError('It redirected to x; redirects are not followed. Set apiUrl to the final address.'),
      'It redirected to x; redirects are not followed. Set --url to the final address.',
    ],
    [
      new SandboxConnectionError(
        "No. If the server is yours, give its CA's certificate to createNodeFetch of sandbox-sessions-sdk/node (as ca), or name its file in NODE_EXTRA_CA_CERTS.",
      ),
      "No. If the server is yours, name the file of its CA's certificate in NODE_EXTRA_CA_CERTS.",
    ],
    [
      new SandboxConnectionError(
        'No. The server wants a client certificate: give one to createNodeFetch of sandbox-sessions-sdk/node (cert, key).',
      ),
      'No. The server wants a client certificate, which this command has no option for.',
    ],
    // What does not come from the SDK has its words already.
    [new Error('path must be a string'), 'path must be a string'],
    ['ttl must be', 'ttl must be'],
  ])('%s', (error, message) => {
    expect(inFlags(error)).toBe(message)
  })

  test('whatever of the spec it is about', () => {
    const bodies = [
      schemas.CommandRequest,
      schemas.CodeRequest,
      schemas.CreateSessionRequest,
      schemas.UpdateSessionRequest,
    ]
    const { listSessions, listFiles, uploadFile, statFile, deleteFile, downloadFile } = operations
    const queries = [listSessions, listFiles, uploadFile, statFile, deleteFile, downloadFile]
    const names = [
      ...bodies.flatMap(({ properties }) => Object.keys(properties)),
      // Headers are no business of the user's.
      ...queries.flatMap(({ parameters }) => Object.keys(parameters).filter((name) => /^[a-z]/.test(name))),
    ]
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) {
      expect(inFlags(refused(name, 'must be so.'))).toMatch(/^(--[a-z]+|The [a-z ]+|Standard input) must be so\.$/)
    }
  })
})
