using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Simulator.Faults;

/// <summary><c>/simulator/faults</c>: asks for faults and takes them away.</summary>
internal static class FaultsApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapFaults(this IEndpointRouteBuilder app)
    {
        var faults = app.MapGroup("/simulator/faults");
        faults.MapGet("/", GetFaults);
        faults.MapPost("/", AddFault);
        faults.MapDelete("/", ClearFaults);
        faults.MapDelete("/{id:int}", RemoveFault);
    }

    private static FaultView[] GetFaults(FaultBook book) => [.. book.All.Select(FaultView.Of)];

    private static Results<Created<FaultView>, ProblemHttpResult> AddFault(FaultRequest request, FaultBook book)
    {
        if (request.Problem() is { } problem)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest, title: "Not a fault.");
        }

        var fault = book.Add(request);
        return TypedResults.Created($"/simulator/faults/{fault.Id}", FaultView.Of(fault));
    }

    private static NoContent ClearFaults(FaultBook book)
    {
        book.Clear();
        return TypedResults.NoContent();
    }

    private static Results<NoContent, NotFound> RemoveFault(int id, FaultBook book) =>
        book.Remove(id) ? TypedResults.NoContent() : TypedResults.NotFound();
}
