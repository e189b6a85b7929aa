using System.Reflection;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Every kind of error that the API and the front door answer with. <c>docs/problems.md</c> says the same, which a test holds; each service
/// serves it at <see cref="ProblemCode.Address"/>.
/// </summary>
public static class ProblemCodes
{
    /// <summary>400: fields.</summary>
    public static readonly ProblemCode InvalidRequest = new(
        "invalid_request", 400,
        "A parameter or a field of the body can't be read, is out of range, unknown, given twice, or contradicts another.",
        "`errors` names each field and says what would be right.");

    /// <summary>400: not HTTP.</summary>
    public static readonly ProblemCode MalformedRequest = new(
        "malformed_request", 400,
        "What came is not a well-formed HTTP request: its first line, a header or the framing of its body is wrong.",
        "Send it with an HTTP library; look whether a proxy on the way changes requests.");

    /// <summary>400: a host that is none of the service's.</summary>
    public static readonly ProblemCode UnknownHost = new(
        "unknown_host", 400,
        "The request is for a host name that the service does not go by.",
        "Use a name that it goes by, or add this one to `AllowedHosts`.");

    /// <summary>401: no key.</summary>
    public static readonly ProblemCode KeyMissing = new(
        "key_missing", 401,
        "The call needs an API key, and none was sent.",
        "Send one in the header `X-API-Key`; a person with the scope `admin` makes them.");

    /// <summary>401: no such key.</summary>
    public static readonly ProblemCode KeyInvalid = new(
        "key_invalid", 401,
        "The key is none of this system's, or it is revoked or has expired.",
        "Check that all of it is sent, and in the header `X-API-Key`; else get another.");

    /// <summary>403: the key's scopes.</summary>
    public static readonly ProblemCode ScopeMissing = new(
        "scope_missing", 403,
        "The key is valid, but lacks the scope that `detail` names.",
        "Use a key with that scope.");

    /// <summary>403: a page of another site.</summary>
    public static readonly ProblemCode CrossSiteRequest = new(
        "cross_site_request", 403,
        "A browser asked for this on behalf of a page of another site.",
        "Add the page's origin to `Api:CorsOrigins` if it may, or send a key.");

    /// <summary>404: an address that means nothing.</summary>
    public static readonly ProblemCode UnknownAddress = new(
        "unknown_address", 404,
        "There is nothing at this address.",
        "Compare it with `/scalar`, which lists every call.");

    /// <summary>404: a symbol.</summary>
    public static readonly ProblemCode SymbolNotTracked = new(
        "symbol_not_tracked", 404,
        "A symbol that the call names is not tracked.",
        "`GET /api/v1/symbols` lists those that are; `POST /api/v1/admin/symbols` adds one.");

    /// <summary>404: a run.</summary>
    public static readonly ProblemCode RunNotFound = new(
        "run_not_found", 404,
        "There is no run with this id, or it is older than what is kept.",
        "`GET /api/v1/enrichment/history` lists the runs there are.");

    /// <summary>404: a job.</summary>
    public static readonly ProblemCode JobNotFound = new(
        "job_not_found", 404,
        "There is no job with this id, or it is older than what is kept.",
        "`GET /api/v1/enrichment/jobs` lists the jobs there are.");

    /// <summary>404: an API key.</summary>
    public static readonly ProblemCode KeyNotFound = new(
        "key_not_found", 404,
        "There is no API key with this id.",
        "`GET /api/v1/admin/api-keys` lists the keys there are.");

    /// <summary>404: an exchange.</summary>
    public static readonly ProblemCode ExchangeNotFound = new(
        "exchange_not_found", 404,
        "There is no calendar of this exchange.",
        "`GET /api/v1/calendar` lists the exchanges that are known.");

    /// <summary>404: a name that a person entered.</summary>
    public static readonly ProblemCode AliasNotFound = new(
        "alias_not_found", 404,
        "No name of this symbol with this number was entered by a person.",
        "`GET /api/v1/instruments/{symbol}` lists the names with their numbers.");

    /// <summary>404: a provider.</summary>
    public static readonly ProblemCode ProviderNotFound = new(
        "provider_not_found", 404,
        "There is no provider of this name.",
        "`GET /api/v1/metrics/providers` lists those that nodes have told of.");

    /// <summary>404: a report of a corporate action.</summary>
    public static readonly ProblemCode ReportNotFound = new(
        "report_not_found", 404,
        "No corporate action of this symbol with this number was reported.",
        "`GET /api/v1/corporate-actions/{symbol}` lists the reports with their numbers.");

    /// <summary>404: a bulk file, or a version of them.</summary>
    public static readonly ProblemCode BulkNotFound = new(
        "bulk_not_found", 404,
        "There is no such bulk file or version, or none any more, or none was ever written.",
        "`GET /api/v1/bulk` lists the newest files, `GET /api/v1/bulk/runs` the versions; `POST /api/v1/bulk` has files written.");

    /// <summary>404: an import.</summary>
    public static readonly ProblemCode ImportNotFound = new(
        "import_not_found", 404,
        "There is no import of this name.",
        "`GET /api/v1/imports` lists the imports there are.");

    /// <summary>404: a backfill.</summary>
    public static readonly ProblemCode BackfillNotFound = new(
        "backfill_not_found", 404,
        "There is no backfill of this id, or none any more.",
        "`GET /api/v1/enrichment/backfills` lists those there are.");

    /// <summary>404: a watchlist.</summary>
    public static readonly ProblemCode WatchlistNotFound = new(
        "watchlist_not_found", 404,
        "There is no watchlist of this name.",
        "`GET /api/v1/watchlists` lists those there are; `PUT /api/v1/watchlists/{name}` makes one.");

    /// <summary>404: a receiver of notifications.</summary>
    public static readonly ProblemCode ReceiverNotFound = new(
        "receiver_not_found", 404,
        "There is no receiver of notifications of this number.",
        "`GET /api/v1/notifications/receivers` lists those there are.");

    /// <summary>404: a rule of notifications.</summary>
    public static readonly ProblemCode RuleNotFound = new(
        "rule_not_found", 404,
        "There is no notification rule of this number.",
        "`GET /api/v1/notifications/rules` lists those there are.");

    /// <summary>404: a notification.</summary>
    public static readonly ProblemCode DeliveryNotFound = new(
        "delivery_not_found", 404,
        "There is no notification of this number, or it is older than what is kept.",
        "`GET /api/v1/notifications/deliveries` lists those there are.");

    /// <summary>405.</summary>
    public static readonly ProblemCode MethodNotAllowed = new(
        "method_not_allowed", 405,
        "The address is right, but not with this method.",
        "Use a method that the header `Allow` names.");

    /// <summary>406.</summary>
    public static readonly ProblemCode FormatNotAvailable = new(
        "format_not_available", 406,
        "The client takes none of the forms that this answer can have.",
        "Widen `Accept`, or choose a form by the parameter `format`.");

    /// <summary>408.</summary>
    public static readonly ProblemCode RequestTooSlow = new(
        "request_too_slow", 408,
        "The request came in too slowly, or not to its end.",
        "Send it again; look at the connection if it lasts.");

    /// <summary>409: the symbol is there.</summary>
    public static readonly ProblemCode SymbolExists = new(
        "symbol_exists", 409,
        "The symbol is tracked already.",
        "Change it by `PUT /api/v1/admin/symbols/{symbol}`.");

    /// <summary>409: the symbol is being worked at.</summary>
    public static readonly ProblemCode SymbolBusy = new(
        "symbol_busy", 409,
        "The symbol is being enriched, and its data can't be taken away meanwhile.",
        "Try again when its job has ended; `GET /api/v1/enrichment/dashboard/job-status/{symbol}` tells.");

    /// <summary>409: nothing has failed.</summary>
    public static readonly ProblemCode NothingFailed = new(
        "nothing_failed", 409,
        "No symbol has failed, so there is nothing to try again.",
        "Use `POST /api/v1/enrichment/trigger` to fetch symbols all the same.");

    /// <summary>409: nothing of the backfill is left to do.</summary>
    public static readonly ProblemCode NothingToResume = new(
        "nothing_to_resume", 409,
        "No series of the backfill has failed or was cancelled: all is stored, or still being fetched.",
        "`GET /api/v1/enrichment/backfills/{id}` tells how far it is; begin another one to fetch the range again.");

    /// <summary>409: the key is revoked.</summary>
    public static readonly ProblemCode KeyRevoked = new(
        "key_revoked", 409,
        "The key is revoked, and nothing of it can be changed any more.",
        "Make another.");

    /// <summary>409: no key to make a token of.</summary>
    public static readonly ProblemCode TokenNotNeeded = new(
        "token_not_needed", 409,
        "No key was sent, and where reading needs none the event stream needs no token.",
        "Listen to `GET /api/v1/enrichment/events` without one.");

    /// <summary>409: no bulk files.</summary>
    public static readonly ProblemCode BulkOff = new(
        "bulk_off", 409,
        "No bulk files are written here.",
        "Set `Bulk:Target` for the API and for enrichment.");

    /// <summary>409: the import is being worked at.</summary>
    public static readonly ProblemCode ImportBusy = new(
        "import_busy", 409,
        "The import is being stored or undone, or one of its symbols has work waiting for the very same range.",
        "Try again when that has ended; `GET /api/v1/imports/{name}` tells.");

    /// <summary>409: another goes by the name.</summary>
    public static readonly ProblemCode NameTaken = new(
        "name_taken", 409,
        "Another receiver, or another rule, goes by this name.",
        "Choose another name, or change the one that there is.");

    /// <summary>409: rules of notifications use it.</summary>
    public static readonly ProblemCode UsedByRules = new(
        "used_by_rules", 409,
        "Notification rules, which `detail` names, use what is to be deleted.",
        "Change or delete those rules first: `GET /api/v1/notifications/rules`.");

    /// <summary>409: a notification that was not given up.</summary>
    public static readonly ProblemCode DeliveryNotFailed = new(
        "delivery_not_failed", 409,
        "Only a notification that was given up can be tried again, while its receiver is there.",
        "`GET /api/v1/notifications/deliveries?status=failed` lists those.");

    /// <summary>413: a file.</summary>
    public static readonly ProblemCode ImportTooLarge = new(
        "import_too_large", 413,
        "The file has more bytes than `Import:MaxBytes` allows.",
        "Send it in parts under names of their own, raise the setting, or use the command `import`, which has no limit.");

    /// <summary>413.</summary>
    public static readonly ProblemCode BodyTooLarge = new(
        "body_too_large", 413,
        "The body has more bytes than `Api:MaxRequestBodyBytes` allows.",
        "Send less at a time, or raise the setting.");

    /// <summary>414.</summary>
    public static readonly ProblemCode AddressTooLong = new(
        "address_too_long", 414,
        "The request's first line, which has its address, is longer than 8,192 bytes.",
        "Name fewer symbols at a time, or a class of them.");

    /// <summary>415.</summary>
    public static readonly ProblemCode BodyNotJson = new(
        "body_not_json", 415,
        "The body's media type, or its character set, is none that the call reads.",
        "Send JSON in UTF-8, with `Content-Type: application/json`.");

    /// <summary>416.</summary>
    public static readonly ProblemCode RangeNotSatisfiable = new(
        "range_not_satisfiable", 416,
        "The range that the header `Range` asks for begins after the end of the file.",
        "`Content-Range` tells the file's length; `HEAD` tells it beforehand.");

    /// <summary>415: neither CSV nor Parquet.</summary>
    public static readonly ProblemCode ImportFormatUnknown = new(
        "import_format_unknown", 415,
        "It is not said whether the file is CSV or Parquet.",
        "Send `Content-Type: text/csv` or `application/vnd.apache.parquet`, or the parameter `format`.");

    /// <summary>422: nothing of a file is a candle.</summary>
    public static readonly ProblemCode ImportUnreadable = new(
        "import_unreadable", 422,
        "Nothing was imported: the file is of another format, has no columns that are known, or no row of it is a candle of a tracked symbol.",
        "`errors` names the line and the column that are wrong first; a dry run, `dry_run=true`, tells more.");

    /// <summary>422: nothing was queued.</summary>
    public static readonly ProblemCode NothingQueued = new(
        "nothing_queued", 422,
        "A symbol is unknown, not active or of another class, the range lies before its first or after its last day, or none matches. "
            + "Nothing at all was queued.",
        "`detail` says which symbols, and which names are close to theirs; send the rest again without them.");

    /// <summary>422: an interval that nobody follows.</summary>
    public static readonly ProblemCode TimeframeNotTracked = new(
        "timeframe_not_tracked", 422,
        "A symbol does not track an interval that was asked for. Nothing at all was queued.",
        "Leave the interval out, or send `track=true` to have it tracked from now on.");

    /// <summary>422: an idempotency key that has been used.</summary>
    public static readonly ProblemCode IdempotencyKeyUsed = new(
        "idempotency_key_used", 422,
        "The `Idempotency-Key` was used for another request within 24 hours.",
        "Choose a new one for each request that is not a repetition.");

    /// <summary>422: no provider has the symbol as it is described.</summary>
    public static readonly ProblemCode SymbolRefused = new(
        "symbol_refused", 422,
        "The symbol can't be added as it is: no provider knows it, or it is of another class.",
        "`detail` says what was found out, and which names are close to it.");

    /// <summary>422: a day that can't be meant.</summary>
    public static readonly ProblemCode DayRefused = new(
        "day_refused", 422,
        "The day can be read but not be meant: the exchange is closed on it, or nothing would be left.",
        "`errors` says what the day must be.");

    /// <summary>429: the budget of requests.</summary>
    public static readonly ProblemCode TooManyRequests = new(
        "too_many_requests", 429,
        "The budget of requests a minute is used up: the key's, or without one the address's. An address has a budget of the same size for keys that are not valid.",
        "Go on after the seconds in `Retry-After`. `RateLimit` says in each answer what is left.");

    /// <summary>429: streams of one caller.</summary>
    public static readonly ProblemCode TooManyStreams = new(
        "too_many_streams", 429,
        "The caller has as many large answers, or event streams, open as one may have: `Api:ExportsPerCaller` and `Api:EventStreamsPerCaller`.",
        "Read those to their end, or close them; go on after the seconds in `Retry-After`. For many symbols one call of `GET /api/v1/historical` is enough.");

    /// <summary>431.</summary>
    public static readonly ProblemCode HeadersTooLarge = new(
        "headers_too_large", 431,
        "The request has more than 32,768 bytes or more than 100 lines of headers.",
        "Send fewer; cookies are not needed here.");

    /// <summary>500.</summary>
    public static readonly ProblemCode InternalError = new(
        "internal_error", 500,
        "The service made a mistake.",
        "Report it with the `trace_id`, which finds it in the logs.");

    /// <summary>502: the front door does not reach the API.</summary>
    public static readonly ProblemCode ApiUnreachable = new(
        "api_unreachable", 502,
        "The front door does not reach the API, or the API broke off.",
        "Try again after the seconds in `Retry-After`; whoever runs the system looks whether the API runs.");

    /// <summary>503: the database.</summary>
    public static readonly ProblemCode DatabaseUnavailable = new(
        "database_unavailable", 503,
        "The database does not answer. Whether a call that changes something was carried out is not known.",
        "Try again after the seconds in `Retry-After`; a call that changes something with the same `Idempotency-Key`, or look first.");

    /// <summary>503: the schema.</summary>
    public static readonly ProblemCode Starting = new(
        "starting", 503,
        "The service waits for its database, and for the schema that it needs there.",
        "Try again after the seconds in `Retry-After`; `/health` says when it has them.");

    /// <summary>503: time is up.</summary>
    public static readonly ProblemCode AnswerTooSlow = new(
        "answer_too_slow", 503,
        "The answer took longer than `Api:RequestTimeoutSeconds`, or an export than `Api:ExportTimeoutMinutes`.",
        "Ask for less at a time: a shorter range, fewer symbols, no features.");

    /// <summary>503: streams of all callers.</summary>
    public static readonly ProblemCode StreamsBusy = new(
        "streams_busy", 503,
        "As many large answers, or event streams, are open as this replica gives: `Api:Exports` and `Api:EventStreams`.",
        "Try again after the seconds in `Retry-After`.");

    /// <summary>503: no node.</summary>
    public static readonly ProblemCode NoNode = new(
        "no_node", 503,
        "Only enrichment nodes speak to providers, and none is live, or none has answered in time.",
        "Start one, or look at the nodes' logs.");

    /// <summary>503: the front door finds no API.</summary>
    public static readonly ProblemCode ApiUnavailable = new(
        "api_unavailable", 503,
        "The front door knows no address where the API would be.",
        "Try again after the seconds in `Retry-After`; whoever runs the system looks whether the API runs.");

    /// <summary>503: a bulk file that is not where it should be.</summary>
    public static readonly ProblemCode BulkUnreadable = new(
        "bulk_unreadable", 503,
        "The bulk file is on record and cannot be read.",
        "Whoever runs the system finds the reason in the API's log; `Bulk:Target` must name the same place for the API and for enrichment.");

    /// <summary>504: the API does not answer the front door.</summary>
    public static readonly ProblemCode ApiTooSlow = new(
        "api_too_slow", 504,
        "The API did not answer the front door in time.",
        "Try again after the seconds in `Retry-After`, or ask for less at a time.");

    /// <summary>505.</summary>
    public static readonly ProblemCode VersionNotSupported = new(
        "version_not_supported", 505,
        "The request's first line names a version of HTTP that is not spoken here.",
        "Use HTTP/1.1 or HTTP/2.");

    // What a status means where nothing more is known of the error.
    private static readonly Dictionary<int, ProblemCode> ByStatus = new ProblemCode[]
    {
        MalformedRequest, KeyMissing, ScopeMissing, UnknownAddress, MethodNotAllowed, FormatNotAvailable, RequestTooSlow, BodyTooLarge, AddressTooLong,
        BodyNotJson, RangeNotSatisfiable, TooManyRequests, HeadersTooLarge, InternalError, ApiUnreachable, ApiUnavailable, ApiTooSlow, VersionNotSupported,
    }.ToDictionary(code => code.Status);

    /// <summary>Every code, by status and then by name.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        .. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<ProblemCode>()
            .OrderBy(code => code.Status).ThenBy(code => code.Code, StringComparer.Ordinal),
    ];

    /// <summary>The code of an error of which only the status is known.</summary>
    public static ProblemCode OfStatus(int status) =>
        ByStatus.GetValueOrDefault(status) ?? (status < 500 ? MalformedRequest : InternalError);
}
