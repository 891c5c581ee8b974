"""What agents keep for themselves: saved views and macros."""

from contracts.desk import NewPreset, Preset
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.roles import Right, require
from handoff_api.domain.text import clean_text
from handoff_api.errors import PresetNotFound, PresetsFull
from handoff_api.record import presets
from handoff_api.record.database import Record
from handoff_api.record.desk_tables import PresetRecord
from handoff_api.record.tables import AgentRecord

MOST = 60


class PresetDesk:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def listed(self, agent: AgentRecord) -> list[Preset]:
        async with self._record.reading() as session:
            return [_view(row) for row in await presets.of_agent(session, agent.agent_id)]

    async def save(self, agent: AgentRecord, new: NewPreset, preset_id: str | None = None) -> Preset:
        """A new one without an id, else in the place of the one that has it."""
        require(agent.role, Right.WORK)
        async with self._record.writing() as session:
            if preset_id is None:
                if len(await presets.of_agent(session, agent.agent_id)) >= MOST:
                    raise PresetsFull
                row = PresetRecord(preset_id=new_id("preset"), agent_id=agent.agent_id, made_at=self._clock())
                session.add(row)
            else:
                row = _found(await presets.own(session, agent.agent_id, preset_id))
            row.name = clean_text(new.name).strip()[: len(new.name)]
            row.body = new.body.model_dump(mode="json")
        return _view(row)

    async def remove(self, agent: AgentRecord, preset_id: str) -> None:
        require(agent.role, Right.WORK)
        async with self._record.writing() as session:
            await session.delete(_found(await presets.own(session, agent.agent_id, preset_id)))


def _found(row: PresetRecord | None) -> PresetRecord:
    if row is None:
        raise PresetNotFound
    return row


def _view(row: PresetRecord) -> Preset:
    return Preset.model_validate({"preset_id": row.preset_id, "name": row.name, "body": row.body})
