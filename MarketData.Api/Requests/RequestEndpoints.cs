using MarketData.Api.Errors;

namespace MarketData.Api.Requests;

/// <summary>Declares what endpoints take, and refuses requests that give something else.</summary>
public static class RequestEndpoints
{
    /// <summary>Says which parameters an endpoint takes.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params RequestParameter[] parameters) =>
        endpoint.WithMetadata(new TakenParameters(parameters));

    /// <summary>Answers 400, naming each field, when a parameter or a body can't be read or a parameter is unknown.</summary>
    public static RouteGroupBuilder CheckRequests(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(static (context, next) =>
        {
            if (RequestValues.Of(context.HttpContext).Errors is { } errors)
            {
                return ValueTask.FromResult<object?>(Problems.Invalid(errors));
            }

            return context.Arguments.OfType<IRequestBody>().FirstOrDefault()?.Problem is { } problem
                ? ValueTask.FromResult<object?>(problem)
                : next(context);
        });
        return group;
    }
}
