using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>How silos keep the states of grains.</summary>
public static class GrainStates
{
    /// <summary>
    /// An activation that moves to another silo leaves its states behind and reads them there. That read is what finds and publishes the events of a commit whose
    /// outcome was in doubt. States have no codec besides: Orleans would log an error for each of them whenever a silo stops.
    /// </summary>
    public static ISiloBuilder ReadStatesAfterMoves(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSingleton<IPersistentStateFactory, UnmovedStateFactory>();
        return silo;
    }

    /// <summary>Orleans' factory, whose states each ask to be taken along.</summary>
    private sealed class UnmovedStateFactory : IPersistentStateFactory
    {
        private readonly PersistentStateFactory _factory = new();

        public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
        {
            var state = _factory.Create<TState>(context, config);
            context.ObservableLifecycle.RemoveMigrationParticipant((IGrainMigrationParticipant)state);
            return state;
        }
    }
}
