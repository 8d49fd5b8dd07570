package io.interrex.persistence.pekko;

import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.ReadJournalProvider;
import org.apache.pekko.stream.scaladsl.Source;

/** Plugs {@link InterrexReadJournal} into Pekko, which asks for it in Java's and in Scala's form. */
public final class InterrexReadJournalProvider implements ReadJournalProvider {

    private final InterrexReadJournal journal;

    public InterrexReadJournalProvider(ExtendedActorSystem system) {
        this.journal = new InterrexReadJournal(system);
    }

    @Override
    public InterrexReadJournal javadslReadJournal() {
        return journal;
    }

    @Override
    public org.apache.pekko.persistence.query.scaladsl.ReadJournal scaladslReadJournal() {
        return new InScala(journal);
    }

    private record InScala(InterrexReadJournal journal)
            implements org.apache.pekko.persistence.query.scaladsl.ReadJournal,
                    org.apache.pekko.persistence.query.scaladsl.EventsByPersistenceIdQuery,
                    org.apache.pekko.persistence.query.scaladsl.CurrentEventsByPersistenceIdQuery {

        @Override
        public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String persistenceId, long from, long to) {
            return journal.eventsByPersistenceId(persistenceId, from, to).asScala();
        }

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long from, long to) {
            return journal.currentEventsByPersistenceId(persistenceId, from, to).asScala();
        }
    }
}
