"""What kind of broker a client is connected to, and what that means for it."""

from __future__ import annotations

from collections.abc import Callable

from topicwire._connection_settings import ConnectionSettings
from topicwire._greeting import Greeting
from topicwire._profile import BrokerProfile, missed, recognise, shortcomings
from topicwire._subscriptions import SubscriptionTable
from topicwire.errors import TopicwireError


class Recognition:
    """Corrects what brokers say of themselves by what is known of them. For the network thread.

    `profile` is what the program says. Where it says nothing, a broker that is recognised is held
    against what the client asks for, and what it would lose is told to `report`, once.
    """

    def __init__(
        self,
        profile: BrokerProfile,
        settings: ConnectionSettings,
        table: SubscriptionTable,
        report: Callable[[TopicwireError], None],
    ) -> None:
        self._profile = profile
        self._settings = settings
        self._table = table
        self._report = report
        self._seen: set[str] = set()

    def correct(self, greeting: Greeting) -> Greeting:
        """Return what a CONNACK says, with what is known better."""
        profile = self._profile
        if profile == BrokerProfile():
            profile = recognise(greeting)
            if profile.name not in self._seen:
                self._seen.add(profile.name)
                self._tell(profile)
        return profile.correct(greeting)

    def _tell(self, profile: BrokerProfile) -> None:
        for error in shortcomings(profile, self._settings):
            self._report(error)
        for entry in self._table.entries():
            for channel in {route.channel.name: route.channel for route in entry.routes}.values():
                for error in missed(profile, self._settings, channel, entry.filter):
                    self._report(error)
