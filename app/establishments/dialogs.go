package establishments

// syncChosen sends the ticked establishments; with none ticked it asks first, because that is all of the list.
func (v *View) syncChosen() {
	v.list.Sync(v.list.SyncScope())
}

func (v *View) create() {}

func (v *View) relabel(ids []string) {}
